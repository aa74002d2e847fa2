"""Waits and episodes from message facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.messages import PERSONS, Author, MessageFact
from chalicelib.core.waits import derive, episodes, settle_authors

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIVE_SECONDS = timedelta(seconds=5)
DAY = timedelta(hours=24)


def fact(
    author: Author,
    after: timedelta | float = 0,
    *,
    conversation: str = "ayse",
    message_id: str | None = None,
) -> MessageFact:
    """A message so long (minutes) after noon."""
    delay = after if isinstance(after, timedelta) else timedelta(minutes=after)
    at = NOON + delay
    return MessageFact(at, conversation, message_id or f"{author}-{at.isoformat()}", author)


def utc_day(at: datetime) -> str:
    return at.date().isoformat()


def waits_of(*facts: MessageFact):
    return derive(facts, channel_id="page", day_of=utc_day)


facts_of_one_conversation = st.lists(
    st.builds(
        fact,
        st.sampled_from(Author),
        st.integers(0, 200).map(lambda minutes: timedelta(minutes=minutes)),
        message_id=st.uuids().map(str),
    ),
    max_size=30,
)


def test_a_wait_opens_at_the_first_customer_message():
    derived = waits_of(fact(Author.CUSTOMER, 0), fact(Author.CUSTOMER, 10))
    assert (derived.closed, derived.open.opened_at) == ((), NOON)


def test_a_wait_belongs_to_the_local_day_on_which_it_opened():
    facts = [fact(Author.CUSTOMER), fact(Author.PERSON_API, DAY)]
    derived = derive(facts, channel_id="page", day_of=lambda at: f"local {at:%d}")
    assert derived.closed[0].day == "local 21"


@pytest.mark.parametrize("person", sorted(PERSONS))
def test_a_person_closes_the_wait(person: Author):
    derived = waits_of(fact(Author.CUSTOMER), fact(person, 7))
    assert derived.open is None
    assert derived.closed[0].answered_at == NOON + timedelta(minutes=7)
    assert derived.closed[0].answered_by == person


@pytest.mark.parametrize(
    "author",
    [
        Author.AUTOMATION,
        Author.PLATFORM_AUTOMATION,
        Author.OTHER_APP,
        Author.CAMPAIGN,
        Author.CUSTOMER_VISIT,
    ],
)
def test_nothing_but_a_person_closes_or_resets_a_wait(author: Author):
    derived = waits_of(fact(Author.CUSTOMER), fact(author, 1), fact(Author.CUSTOMER, 2))
    assert (derived.closed, derived.open.opened_at) == ((), NOON)


def test_bot_then_person_is_one_wait_until_the_person():
    derived = waits_of(
        fact(Author.CUSTOMER), fact(Author.AUTOMATION, 1), fact(Author.PERSON_API, 30)
    )
    assert [w.answered_at - w.opened_at for w in derived.closed] == [timedelta(minutes=30)]


def test_a_native_echo_alone_closes_the_wait():
    derived = waits_of(fact(Author.CUSTOMER), fact(Author.PERSON_NATIVE, 3))
    assert derived.closed[0].answered_by == "person_native"


def test_a_reopened_thread_starts_a_new_wait():
    derived = waits_of(
        fact(Author.CUSTOMER), fact(Author.PERSON_API, 5), fact(Author.CUSTOMER, 3 * DAY)
    )
    assert [w.opened_at for w in derived.closed] == [NOON]
    assert derived.open.opened_at == NOON + 3 * DAY


def test_a_person_who_writes_first_answers_nobody():
    derived = waits_of(fact(Author.PERSON_API), fact(Author.CUSTOMER, 5))
    assert (derived.closed, derived.open.opened_at) == ((), NOON + timedelta(minutes=5))


def test_a_visit_opens_no_wait():
    assert waits_of(fact(Author.CUSTOMER_VISIT)).open is None


def test_in_the_same_second_the_customer_asked_before_the_answer():
    derived = waits_of(
        fact(Author.PERSON_API, message_id="a"), fact(Author.CUSTOMER, message_id="z")
    )
    assert [w.answered_at - w.opened_at for w in derived.closed] == [timedelta(0)]


@pytest.mark.parametrize(
    "order",
    tuple(
        permutations(
            [
                fact(Author.CUSTOMER, 0),
                fact(Author.AUTOMATION, 1),
                fact(Author.PERSON_NATIVE, 9),
                fact(Author.CUSTOMER, 20),
            ]
        )
    ),
)
def test_f04_every_order_of_arrival_gives_the_same_waits(order: tuple[MessageFact, ...]):
    derived = waits_of(*order)
    assert [(w.opened_at, w.answered_at) for w in derived.closed] == [
        (NOON, NOON + timedelta(minutes=9))
    ]
    assert derived.open.opened_at == NOON + timedelta(minutes=20)


@given(facts_of_one_conversation)
def test_waits_are_never_negative_and_never_overlap(facts: list[MessageFact]):
    derived = waits_of(*facts)
    edges = [edge for wait in derived.closed for edge in (wait.opened_at, wait.answered_at)]
    assert edges == sorted(edges)


@given(facts_of_one_conversation)
def test_a_wait_is_open_at_the_end_exactly_if_a_customer_wrote_after_the_last_person(facts):
    last_person = max((f.occurred_at for f in facts if f.author in PERSONS), default=None)
    unanswered = [
        f.occurred_at
        for f in facts
        if f.author is Author.CUSTOMER and (last_person is None or f.occurred_at > last_person)
    ]
    found = waits_of(*facts).open
    assert (found and found.opened_at) == min(unanswered, default=None)


def test_the_first_customer_message_ever_starts_an_episode():
    started = episodes([fact(Author.CUSTOMER, message_id="m1")])
    assert [(e.conversation_id, e.started_at, e.message_id) for e in started] == [
        ("ayse", NOON, "m1")
    ]


@pytest.mark.parametrize(
    ("silence", "count"),
    [(DAY - timedelta(seconds=1), 1), (DAY, 2), (DAY + timedelta(seconds=1), 2)],
)
def test_an_episode_starts_after_exactly_24_hours_of_silence(silence: timedelta, count: int):
    assert len(episodes([fact(Author.CUSTOMER), fact(Author.CUSTOMER, silence)])) == count


@pytest.mark.parametrize("author", [Author.PERSON_API, Author.AUTOMATION, Author.CAMPAIGN])
def test_a_message_of_the_business_breaks_the_silence(author: Author):
    started = episodes([fact(author), fact(Author.CUSTOMER, 60)])
    assert started == ()


def test_the_business_alone_starts_no_episode():
    assert episodes([fact(Author.CAMPAIGN), fact(Author.PERSON_API, 2 * DAY)]) == ()


def test_a_visit_starts_an_episode():
    assert len(episodes([fact(Author.CUSTOMER_VISIT), fact(Author.CUSTOMER, 1)])) == 1


def test_two_customers_in_the_same_second_start_two_episodes():
    both = [fact(Author.CUSTOMER), fact(Author.CUSTOMER, conversation="mehmet")]
    assert {e.conversation_id for e in episodes(both)} == {"ayse", "mehmet"}


def test_the_silence_of_one_conversation_is_not_broken_by_another():
    facts = [
        fact(Author.CUSTOMER),
        fact(Author.CUSTOMER, DAY / 2, conversation="mehmet"),
        fact(Author.CUSTOMER, DAY),
    ]
    assert [e.conversation_id for e in episodes(facts)] == ["ayse", "mehmet", "ayse"]


@pytest.mark.parametrize(
    ("after", "author"),
    [
        (timedelta(0), Author.PLATFORM_AUTOMATION),
        (FIVE_SECONDS, Author.PLATFORM_AUTOMATION),
        (FIVE_SECONDS + timedelta(milliseconds=1), Author.PERSON_NATIVE),
    ],
)
def test_nobody_types_within_five_seconds(after: timedelta, author: Author):
    facts = [fact(Author.CUSTOMER), fact(Author.PERSON_NATIVE, after)]
    assert settle_authors(facts, FIVE_SECONDS)[-1].author is author


@pytest.mark.parametrize("author", sorted(set(Author) - {Author.PERSON_NATIVE}))
def test_only_what_came_from_the_native_inbox_is_settled_anew(author: Author):
    facts = [fact(Author.CUSTOMER, message_id="a"), fact(author, 0.01, message_id="b")]
    assert settle_authors(facts, FIVE_SECONDS) == tuple(facts)


def test_a_native_echo_without_a_customer_before_it_is_a_person():
    facts = [fact(Author.PERSON_NATIVE), fact(Author.CUSTOMER, 0.01)]
    assert settle_authors(facts, FIVE_SECONDS) == tuple(facts)


def test_what_passed_for_automation_beside_a_message_of_another_contact_is_a_person_s() -> None:
    facts = [fact(Author.PLATFORM_AUTOMATION)]
    assert settle_authors(facts, FIVE_SECONDS)[0].author is Author.PERSON_NATIVE


def test_the_customer_of_another_conversation_settles_nothing():
    facts = [fact(Author.CUSTOMER, conversation="mehmet"), fact(Author.PERSON_NATIVE, 0.01)]
    assert settle_authors(facts, FIVE_SECONDS)[-1].author is Author.PERSON_NATIVE


@given(facts_of_one_conversation)
def test_settling_twice_is_settling_once(facts: list[MessageFact]):
    once = settle_authors(facts, FIVE_SECONDS)
    assert settle_authors(once, FIVE_SECONDS) == once
