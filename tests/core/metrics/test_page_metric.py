"""The page metric by hand: what begins a conversation, what answers it, what is left out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.core.day_activity import DayActivity, LocalDay, activity
from chalicelib.core.messages import Author, MessageFact
from chalicelib.core.metrics import Reading, compute
from chalicelib.core.metrics.page_response_rate import METRIC as RATE
from chalicelib.core.metrics.page_response_time import METRIC as TIME
from chalicelib.core.page_rules import RULES, rule_for
from tests import builders

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
START, END = builders.at("00:00"), builders.at("00:00", day="2026-11-22")


def wrote(
    author: Author, after: timedelta = timedelta(0), *, by: str = "ayse", name: str = ""
) -> MessageFact:
    """A message so long after noon."""
    at = builders.NOON + after
    return MessageFact(at, by, name or f"{author}-{at.isoformat()}", author)


def day_of(*messages: MessageFact, away: Any = (), **facts: Any) -> DayActivity:
    """The day as it stands three days later."""
    defaults: dict[str, Any] = {
        "now": END + timedelta(days=3),
        "waits": (),
        "earlier": (),
        "first_contacts": {},
    }
    local_day = LocalDay("page", builders.TODAY, START, END, away)
    return activity(local_day, messages=sorted(messages), **(defaults | facts))


def rate(*messages: MessageFact, **facts: Any) -> Reading:
    return compute(RATE, day_of(*messages, **facts))


def counted_as(*messages: MessageFact, **facts: Any) -> list[str]:
    return [fact.counted_as for fact in RATE.facts(day_of(*messages, **facts))]


CUSTOMER, PERSON = Author.CUSTOMER, Author.PERSON_NATIVE


@pytest.mark.parametrize("person", [Author.PERSON_API, Author.PERSON_NATIVE, Author.PERSON_APP])
def test_a_person_answers(person: Author):
    assert counted_as(wrote(CUSTOMER), wrote(person, HOUR)) == ["answered"]


@pytest.mark.parametrize(
    "author",
    [Author.AUTOMATION, Author.PLATFORM_AUTOMATION, Author.OTHER_APP, Author.CAMPAIGN, CUSTOMER],
)
def test_nobody_else_answers(author: Author):
    assert counted_as(wrote(CUSTOMER), wrote(author, HOUR)) == ["unanswered"]


def test_the_first_message_starts_the_clock_and_the_first_reply_stops_it():
    story = [(CUSTOMER, 0), (CUSTOMER, 10), (PERSON, 15), (PERSON, 40)]
    day = day_of(*(wrote(author, minutes * MINUTE) for author, minutes in story))
    assert compute(TIME, day).value == 15 * 60


@pytest.mark.parametrize(
    ("silence", "begun"), [(24 * HOUR - SECOND, 0), (24 * HOUR, 1)], ids=["less", "exactly a day"]
)
@pytest.mark.parametrize("author", [CUSTOMER, PERSON, Author.AUTOMATION, Author.CAMPAIGN])
def test_a_message_of_either_side_within_24_hours_goes_on_with_the_last_conversation(
    author: Author, silence: timedelta, begun: int
):
    assert rate(wrote(CUSTOMER), earlier=[wrote(author, -silence)]).n == begun


@pytest.mark.parametrize("author", [PERSON, Author.AUTOMATION, Author.CAMPAIGN])
def test_who_is_written_to_first_on_the_same_day_begins_nothing(author: Author):
    assert rate(wrote(author, -2 * HOUR), wrote(CUSTOMER)).n == 0


def test_a_visit_neither_begins_a_conversation_nor_breaks_the_silence():
    visit = wrote(Author.CUSTOMER_VISIT, -MINUTE)
    assert rate(visit).n == 0
    assert rate(visit, wrote(CUSTOMER)).n == 1


def test_a_visit_of_the_day_before_does_not_break_the_silence():
    assert rate(wrote(CUSTOMER), earlier=[wrote(Author.CUSTOMER_VISIT, -13 * HOUR)]).n == 1


def test_who_writes_again_while_nobody_answers_begins_nothing():
    assert rate(wrote(CUSTOMER), wrote(CUSTOMER, 5 * HOUR)).n == 1


def test_a_wait_that_is_older_does_not_hide_a_conversation():
    """After two silent days the customer tries again: a new conversation, in the same wait."""
    earlier = [wrote(CUSTOMER, -50 * HOUR)]
    assert counted_as(wrote(CUSTOMER), wrote(PERSON, MINUTE), earlier=earlier) == ["answered"]


@pytest.mark.parametrize(
    ("after", "expected"), [(24 * HOUR, "answered"), (24 * HOUR + SECOND, "unanswered")]
)
def test_a_reply_counts_for_24_hours_also_on_the_next_day(after: timedelta, expected: str):
    assert counted_as(wrote(CUSTOMER), later=[wrote(PERSON, after)]) == [expected]


def test_of_replies_on_two_days_the_first_counts():
    later = [wrote(PERSON, 20 * HOUR), wrote(PERSON, 13 * HOUR)]
    day = day_of(wrote(CUSTOMER), wrote(PERSON, HOUR), later=later)
    assert compute(TIME, day).value == 60 * 60
    assert compute(TIME, day_of(wrote(CUSTOMER), later=later)).value == 13 * 60 * 60


def test_somebody_elses_reply_answers_nobody():
    assert counted_as(wrote(CUSTOMER), wrote(PERSON, HOUR, by="mehmet")) == ["unanswered"]


def test_a_reply_before_the_message_answers_nothing():
    earlier = [wrote(CUSTOMER, -30 * HOUR)]
    assert counted_as(wrote(CUSTOMER), earlier=earlier) == ["unanswered"]


@pytest.mark.parametrize(
    ("age", "expected"), [(24 * HOUR - SECOND, "pending"), (24 * HOUR, "unanswered")]
)
def test_the_unanswered_count_once_they_are_24_hours_old(age: timedelta, expected: str):
    now = builders.NOON + age
    assert counted_as(wrote(CUSTOMER), now=now) == [expected]


def test_a_reply_that_was_not_there_yet_does_not_count():
    facts = [wrote(CUSTOMER), wrote(PERSON, 5 * HOUR)]
    assert counted_as(*facts, now=builders.NOON + 4 * HOUR) == ["pending"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [(-SECOND, "unanswered"), (0 * SECOND, "left_out"), (HOUR, "unanswered")],
    ids=["before", "at the start", "at the end"],
)
def test_what_begins_while_the_business_is_away_is_left_out(after: timedelta, expected: str):
    away = ((builders.NOON, builders.NOON + HOUR),)
    assert counted_as(wrote(CUSTOMER, after), away=away) == [expected]


def test_what_was_left_out_is_no_part_of_the_numbers():
    away = ((START, END),)
    reading = rate(wrote(CUSTOMER), wrote(PERSON, MINUTE), away=away)
    assert (reading.value, reading.n, reading.pending) == (None, 0, 0)
    assert reading.counts["left_out"] == 1
    assert compute(TIME, day_of(wrote(CUSTOMER), wrote(PERSON, MINUTE), away=away)).n == 0


def test_the_rate_is_the_answered_share():
    answered = [
        fact
        for n in range(3)
        for fact in (wrote(CUSTOMER, by=f"c{n}"), wrote(PERSON, HOUR, by=f"c{n}"))
    ]
    reading = rate(*answered, wrote(CUSTOMER, by="nobody"))
    assert (reading.value, reading.n) == (0.75, 4)


def test_the_slowest_tenth_is_left_out_of_the_time():
    facts = [
        fact
        for n in range(1, 11)
        for fact in (
            wrote(CUSTOMER, by=f"c{n}"),
            wrote(PERSON, n * MINUTE if n < 10 else 11 * HOUR, by=f"c{n}"),
        )
    ]
    assert compute(TIME, day_of(*facts)).value == 5 * 60


def test_the_last_ten_outcomes_are_kept_the_newest_first():
    facts = [
        fact
        for n in range(12)
        for fact in (
            wrote(CUSTOMER, n * MINUTE, by=f"c{n}"),
            wrote(PERSON, n * MINUTE + HOUR, by=f"c{n}"),
        )
    ]
    kept = rate(*facts, wrote(CUSTOMER, 20 * MINUTE, by="nobody")).latest
    expected = [
        builders.NOON + 20 * MINUTE,
        *(builders.NOON + n * MINUTE for n in range(11, 2, -1)),
    ]
    assert [at for at, _ in kept] == expected
    assert [seconds for _, seconds in kept] == [None, *[3600] * 9]


def test_the_pending_are_not_among_the_last_outcomes():
    assert rate(wrote(CUSTOMER), now=builders.NOON + HOUR).latest == ()


@pytest.mark.parametrize("days", [30, 7])
def test_every_window_has_a_rule_with_its_source(days: int):
    rule = rule_for(days, date(2026, 11, 21))
    assert (rule.days, bool(rule.source)) == (days, True)


def test_windows_differ_in_their_days_alone():
    """So that the facts of a day serve both."""
    assert len({(r.silence, r.answered_within, r.answers, r.fastest_percent) for r in RULES}) == 1
