"""Contract of Conversations: who waits, and where something happened last."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.api.values import Cursor
from chalicelib.core.conversation import Wait
from chalicelib.core.messages import Author
from chalicelib.storage import _cursor, _newest
from chalicelib.storage._times import micros
from tests.builders import CHANNEL, NOON, TODAY, at, conversation, message
from tests.fakes import FakeConversations


def joins(stores, name: str, leader: str) -> None:
    """From now on the leader's row stands for both."""
    mine, theirs = (conversation(contact_id=one).conversation_id for one in (name, leader))
    row, known = stores.conversations.load(mine), stores.conversations.load(theirs)
    assert stores.conversations.save(replace(row, merged_into=leader)) is None
    last = max(row.last_customer_at, known.last_customer_at)
    assert stores.conversations.save(replace(known, last_customer_at=last)) is None


def waits(stores, name: str, opened_at: datetime, **facts) -> None:
    row = conversation(contact_id=name, wait_opened_at=opened_at, wait_day=TODAY, **facts)
    assert stores.conversations.save(row) is None


def writes(stores, name: str, *times: datetime, author: Author = Author.CUSTOMER) -> None:
    """Messages at these times, and the row that knows the last."""
    row = conversation(contact_id=name)
    moved = "last_customer_at" if author is Author.CUSTOMER else "last_person_at"
    for number, time in enumerate(times):
        stores.messages.record(
            message(
                conversation_id=row.conversation_id,
                message_id=f"{name}-{author}-{number}",
                author=author,
                occurred_at=time,
                day=time.date().isoformat(),
            )
        )
    known = stores.conversations.load(row.conversation_id)
    facts = {"version": known.version, "last_customer_at": known.last_customer_at} if known else {}
    row = conversation(contact_id=name, **(facts | {moved: max(times)}))
    assert stores.conversations.save(row) is None


def visits(stores, name: str, time: datetime) -> None:
    """A customer came through a link and wrote nothing."""
    row = conversation(contact_id=name, last_visit_at=time)
    stores.messages.record(
        message(
            conversation_id=row.conversation_id,
            message_id=f"{name}-visit",
            author=Author.CUSTOMER_VISIT,
            occurred_at=time,
            day=time.date().isoformat(),
        )
    )
    assert stores.conversations.save(row) is None


def read_all(listing, limit: int) -> list[list[str]]:
    """The contacts on every page."""
    pages, cursor = [], None
    while not pages or cursor:
        page = listing(CHANNEL, cursor=cursor, limit=limit)
        pages.append([row.contact_id for row in page.items])
        cursor = page.next_cursor
    return pages


def test_those_who_wait_longest_come_first(stores):
    for name, clock in (("b", "12:30"), ("c", "14:10"), ("a", "12:05"), ("d", "12:10")):
        waits(stores, name, at(clock))
    assert read_all(stores.conversations.waiting, 10) == [["a", "d", "b", "c"]]


def test_those_who_wait_are_read_page_by_page(stores):
    for name, clock in (("b", "12:30"), ("c", "14:10"), ("a", "12:05"), ("d", "12:10")):
        waits(stores, name, at(clock))
    assert read_all(stores.conversations.waiting, 2) == [["a", "d"], ["b", "c"]]


def test_those_who_wait_from_the_same_moment_are_all_listed_once(stores):
    for name in "abcde":
        waits(stores, name, NOON)
    pages = read_all(stores.conversations.waiting, 2)
    assert sorted(name for page in pages for name in page) == list("abcde")


def test_those_who_were_answered_do_not_wait(stores):
    waits(stores, "a", NOON)
    stores.conversations.save(conversation(contact_id="a", version=1))
    assert read_all(stores.conversations.waiting, 10) == [[]]


def test_those_who_wait_elsewhere_are_not_listed(stores):
    waits(stores, "a", NOON, channel_id="another")
    assert read_all(stores.conversations.waiting, 10) == [[]]


def test_open_waits_are_those_that_opened_on_the_local_day(stores):
    waits(stores, "a", at("23:30", day="2026-11-20"))
    waits(stores, "b", at("12:00"))
    row = conversation(contact_id="c", wait_opened_at=at("22:30"), wait_day="2026-11-22")
    stores.conversations.save(row)
    names = {name: conversation(contact_id=name).conversation_id for name in "ab"}
    assert stores.conversations.open_waits(CHANNEL, TODAY) == (
        Wait(
            conversation_id=names["a"],
            channel_id=CHANNEL,
            day=TODAY,
            opened_at=at("23:30", day="2026-11-20"),
        ),
        Wait(conversation_id=names["b"], channel_id=CHANNEL, day=TODAY, opened_at=at("12:00")),
    )


@pytest.mark.parametrize("opened", ["2026-11-20T10:00", "2026-11-22T11:59:59.999999"])
def test_the_local_day_may_reach_far_into_its_neighbours(stores, opened):
    """Kiritimati is 14 hours ahead of UTC, Baker Island 12 behind."""
    day, clock = opened.split("T")
    waits(stores, "a", at(clock, day=day))
    assert len(stores.conversations.open_waits(CHANNEL, TODAY)) == 1


def test_the_latest_message_comes_first(stores):
    writes(stores, "a", at("12:01"), at("12:04"))
    writes(stores, "b", at("12:02"), at("12:03"))
    writes(stores, "c", at("12:05", day="2026-11-20"), at("12:05", day="2026-11-19"))
    assert read_all(stores.conversations.newest, 10) == [["a", "b", "c"]]


def test_a_persons_answer_moves_a_conversation_up(stores):
    writes(stores, "a", at("12:01"))
    writes(stores, "b", at("12:02"))
    writes(stores, "a", at("12:03"), author=Author.PERSON_NATIVE)
    assert read_all(stores.conversations.newest, 10) == [["a", "b"]]


def test_an_automated_message_does_not_move_a_conversation_up(stores):
    writes(stores, "a", at("12:01"))
    writes(stores, "b", at("12:02"))
    stores.messages.record(
        message(
            conversation_id=conversation(contact_id="a").conversation_id,
            message_id="x",
            author=Author.OTHER_APP,
            occurred_at=at("12:09"),
        )
    )
    assert read_all(stores.conversations.newest, 10) == [["b", "a"]]


def test_conversations_are_listed_once_over_all_pages(stores):
    for number, name in enumerate("abcdefg"):
        days = ("2026-11-19", "2026-11-20", TODAY)[: 1 + number % 3]
        writes(stores, name, *(at(f"12:0{number}", day=day) for day in days))
    assert read_all(stores.conversations.newest, 2) == [["f", "c"], ["e", "b"], ["g", "d"], ["a"]]


def test_conversations_of_the_same_moment_are_listed_once_over_all_pages(stores):
    for name in "abcde":
        writes(stores, name, NOON)
    pages = read_all(stores.conversations.newest, 2)
    assert sorted(name for page in pages for name in page) == list("abcde")


def test_a_cursor_of_a_busy_second_is_taken_back_by_the_api():
    """WhatsApp tells whole seconds, so a burst is one moment; an address has some 8 KB."""
    rows = [conversation(contact_id=f"{number}") for number in range(300)]
    found = [(_newest._Entry(TODAY, micros(NOON), row.conversation_id), row) for row in rows]
    cursor = _cursor.pack(_newest._end(found, _newest._START))
    assert msgspec.convert(cursor, Cursor) == cursor


def test_a_conversation_that_moves_up_between_pages_is_not_listed_again(stores):
    writes(stores, "a", at("12:01"))
    writes(stores, "b", at("12:02"))
    first = stores.conversations.newest(CHANNEL, cursor=None, limit=1)
    writes(stores, "b", at("12:00"), at("12:03"), author=Author.PERSON_NATIVE)
    second = stores.conversations.newest(CHANNEL, cursor=first.next_cursor, limit=1)
    assert [row.contact_id for row in second.items] == ["a"]


def test_a_row_behind_its_own_message_is_listed_at_the_one_it_knows(dynamodb):
    writes(dynamodb, "a", at("12:01"))
    writes(dynamodb, "b", at("12:02"))
    row = conversation(contact_id="a").conversation_id
    dynamodb.messages.record(
        message(conversation_id=row, message_id="newer", occurred_at=at("12:03"))
    )
    assert read_all(dynamodb.conversations.newest, 1) == [["b"], ["a"]]


@pytest.mark.parametrize("order", ["waiting", "newest"])
@pytest.mark.parametrize(
    "cursor", ["x", "%%%", "bm9uc2Vuc2U", "é", "W10", "WzI1MzQwMjMwMDgwMDAwMDAwMCwgIiJd"]
)
def test_a_cursor_that_is_none_of_ours_is_refused(stores, order, cursor):
    with pytest.raises(ValueError, match="cursor"):
        getattr(stores.conversations, order)(CHANNEL, cursor=cursor, limit=10)


def test_cursors_are_url_safe():
    packed = _cursor.pack(["2026-11-21", 1, ["~~~???"]])
    assert packed.isascii()
    assert set(packed).isdisjoint("+/=")


TIMES = st.lists(st.integers(0, 5).map(lambda n: NOON + timedelta(minutes=n)), max_size=8)


@given(TIMES, st.integers(1, 4))
@settings(max_examples=50)
def test_pages_of_the_fake_hold_everybody_once(times, limit):
    listed = FakeConversations()
    for number, opened_at in enumerate(times):
        listed.save(conversation(contact_id=str(number), wait_opened_at=opened_at))
    pages = read_all(listed.waiting, limit)
    assert sorted(name for page in pages for name in page) == sorted(map(str, range(len(times))))


def test_a_visit_without_a_word_is_listed_by_its_time(stores):
    writes(stores, "a", at("12:00"))
    visits(stores, "b", at("12:30"))
    writes(stores, "c", at("13:00"))
    assert read_all(stores.conversations.newest, 10) == [["c", "b", "a"]]


def test_a_contact_of_two_keys_is_listed_once_at_the_last_message_of_either(stores):
    writes(stores, "by user id", at("10:00"))
    writes(stores, "another", at("11:00"))
    writes(stores, "by phone", at("12:00"))
    joins(stores, "by phone", leader="by user id")
    assert read_all(stores.conversations.newest, limit=1) == [["by user id"], ["another"]]


def test_a_contact_is_not_listed_again_when_both_keys_wrote_at_the_very_end_of_a_page(stores):
    for name in ("by user id", "by phone", "another"):
        writes(stores, name, at("12:00"))
    joins(stores, "by phone", leader="by user id")
    pages = read_all(stores.conversations.newest, limit=1)
    assert sorted(name for page in pages for name in page) == ["another", "by user id"]
