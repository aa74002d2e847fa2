"""Contract: who handles a conversation, which ones need a person, and the feedback of a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core import ids
from chalicelib.core.handling import Handling
from tests.builders import CHANNEL, CONVERSATION, NOON, TODAY, conversation, feedback

FULL = Handling(
    needs_person_since=NOON,
    why="asked",
    handed_over_at=NOON,
    rests_until=NOON + timedelta(hours=24),
    passed_at=NOON,
    reminder="hb" + "x" * 22,
    assigned_to="Ayşe",
    tags=("vip", "returns"),
    closed_at=NOON - timedelta(days=1),
    closed_by="Mia",
    misses=("abcdefgh",),
    score="csat:5",
    scored_at=NOON,
)


def calling(stores, number: int, **facts) -> str:
    """A conversation that has needed a person for so many minutes; its id."""
    row = conversation(contact_id=str(number), **facts)
    stores.conversations.save(row)
    since = NOON - timedelta(minutes=number)
    stores.conversations.save_handling(
        row, Handling(needs_person_since=since, handed_over_at=since)
    )
    return row.conversation_id


def test_a_conversation_that_nobody_handled_has_an_empty_handling(stores):
    assert stores.conversations.handling(CONVERSATION) == Handling()


def test_it_is_read_as_it_was_saved_one_version_on(stores):
    assert stores.conversations.save_handling(conversation(), FULL) is None
    assert stores.conversations.handling(CONVERSATION) == replace(FULL, version=1)


def test_of_two_who_save_over_the_same_version_one_finds_the_other_in_the_way(stores):
    stores.conversations.save_handling(conversation(), FULL)
    second = stores.conversations.save_handling(conversation(), Handling(tags=("late",)))
    assert second == replace(FULL, version=1)


def test_who_expects_what_is_not_there_is_told_so(stores):
    assert stores.conversations.save_handling(conversation(), Handling(version=3)) == Handling()


def test_those_who_need_a_person_come_the_longest_first(stores):
    named = [calling(stores, number) for number in (5, 30, 20)]
    page = stores.conversations.needing_person(CHANNEL, cursor=None, limit=9)
    assert [row.conversation_id for row in page.items] == [named[1], named[2], named[0]]
    assert page.next_cursor is None


def test_the_pages_of_those_who_need_a_person_follow_one_another(stores):
    named = [calling(stores, number) for number in (30, 20, 10)]
    first = stores.conversations.needing_person(CHANNEL, cursor=None, limit=2)
    second = stores.conversations.needing_person(CHANNEL, cursor=first.next_cursor, limit=2)
    assert [row.conversation_id for row in (*first.items, *second.items)] == named


def test_whoever_got_a_person_is_no_longer_listed(stores):
    calling(stores, 7)
    known = stores.conversations.handling(ids.conversation_id("messenger", CHANNEL, "7"))
    stores.conversations.save_handling(
        conversation(contact_id="7"), replace(known, needs_person_since=None)
    )
    assert stores.conversations.needing_person(CHANNEL, cursor=None, limit=9).items == ()


def test_other_channels_and_those_who_wait_are_not_among_them(stores):
    calling(stores, 7, channel_id="another")
    stores.conversations.save(conversation(wait_opened_at=NOON, wait_day=TODAY))
    assert stores.conversations.needing_person(CHANNEL, cursor=None, limit=9).items == ()


def test_a_call_for_a_person_is_not_among_the_waits(stores):
    calling(stores, 7)
    assert stores.conversations.waiting(CHANNEL, cursor=None, limit=9).items == ()


@pytest.mark.parametrize("cursor", ["?", "e30", "W10"])
def test_a_cursor_of_somebody_else_is_refused(dynamodb, cursor):
    with pytest.raises(ValueError, match="cursor"):
        dynamodb.conversations.needing_person(CHANNEL, cursor=cursor, limit=9)


def test_the_feedback_of_a_day_comes_oldest_first_and_each_once(stores):
    late = feedback(feedback_id="fb-2", at=NOON + timedelta(hours=1))
    for each in (late, feedback(), feedback()):
        stores.readings.keep_feedback(each)
    assert stores.readings.feedback_of_day(CHANNEL, TODAY) == (feedback(), late)


@pytest.mark.parametrize("first_is_late", [True, False])
def test_of_the_same_feedback_the_later_stays_in_whatever_order_it_comes(stores, first_is_late):
    early, late = feedback(score=1), feedback(score=5, at=NOON + timedelta(minutes=1))
    for each in (late, early) if first_is_late else (early, late):
        stores.readings.keep_feedback(each)
    assert stores.readings.feedback_of_day(CHANNEL, TODAY) == (late,)


def test_the_feedback_of_other_days_and_channels_is_not_of_this_one(stores):
    stores.readings.keep_feedback(feedback(day="2026-11-20"))
    stores.readings.keep_feedback(feedback(channel_id="another"))
    assert stores.readings.feedback_of_day(CHANNEL, TODAY) == ()
