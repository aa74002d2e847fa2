"""Each metric by its definition, in days small enough to count by hand."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import METRICS
from chalicelib.core.conversation import Wait
from chalicelib.core.day_activity import DayActivity, LocalDay
from chalicelib.core.messages import Author, MessageFact
from chalicelib.core.metrics import Metric, Reading, compute, total
from chalicelib.core.metrics.conversations_started import METRIC as CONVERSATIONS_STARTED
from chalicelib.core.metrics.messages import METRIC as MESSAGES
from chalicelib.core.metrics.new_contacts import METRIC as NEW_CONTACTS
from chalicelib.core.metrics.page_response_rate import METRIC as PAGE_RESPONSE_RATE
from chalicelib.core.metrics.page_response_time import METRIC as PAGE_RESPONSE_TIME
from chalicelib.core.metrics.response_rate import METRIC as RESPONSE_RATE
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.metrics.returning_contacts import METRIC as RETURNING_CONTACTS
from chalicelib.core.page_conversations import PageConversation
from chalicelib.core.waits import Episode
from tests import builders

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LOCAL_DAY = LocalDay(
    "page", builders.TODAY, builders.at("00:00"), builders.at("00:00", day="2026-11-22")
)


def a_day(**facts: Any) -> DayActivity:
    """A day of which nothing is known but these facts, seen two days later."""
    defaults: dict[str, Any] = {
        "local_day": LOCAL_DAY,
        "as_of": LOCAL_DAY.end + timedelta(days=2),
        "waits": (),
        "messages": (),
        "episodes": (),
        "new_contacts": frozenset(),
    }
    return DayActivity(**(defaults | facts))


def answered_after(*lengths: timedelta) -> tuple[Wait, ...]:
    return tuple(
        builders.wait(conversation_id=f"c{number}", answered_at=builders.NOON + length)
        for number, length in enumerate(lengths)
    )


def unanswered(**facts: Any) -> Wait:
    return builders.wait(answered_at=None, answered_by=None, **facts)


def wrote(author: Author, conversation: str = "ayse") -> MessageFact:
    return MessageFact(builders.NOON, conversation, "m", author)


def rate(*waits: Wait, **facts: Any) -> Reading:
    return compute(RESPONSE_RATE, a_day(waits=waits, **facts))


def times(*lengths: timedelta) -> Any:
    return compute(RESPONSE_TIME, a_day(waits=answered_after(*lengths))).value


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_day_on_which_nothing_happened_has_no_value(metric: Metric):
    reading = compute(metric, a_day())
    assert (reading.value, reading.n) == (None, 0)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_period_without_days_has_no_value(metric: Metric):
    assert total(metric, []).value is None


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_reading_says_what_it_is_a_reading_of(metric: Metric):
    reading = compute(metric, a_day())
    assert (reading.channel_id, reading.day, reading.metric, reading.definition, reading.unit) == (
        "page",
        builders.TODAY,
        metric.name,
        metric.definition,
        metric.unit,
    )


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_f13_the_same_facts_give_the_same_reading_whenever_it_is_computed(metric: Metric):
    facts = {"waits": answered_after(HOUR), "messages": (wrote(Author.CUSTOMER),)}
    early, late = (a_day(as_of=LOCAL_DAY.end + hours * HOUR, **facts) for hours in (30, 150))
    assert compute(metric, early) == compute(metric, late)


def test_conversations_started_are_the_episodes_of_the_day():
    started = (Episode("a", builders.NOON, "m1"), Episode("b", builders.NOON, "m2"))
    assert compute(CONVERSATIONS_STARTED, a_day(episodes=started)).value == 2


def test_new_contacts_are_counted():
    messages = tuple(wrote(Author.CUSTOMER, contact) for contact in "abc")
    day = a_day(messages=messages, new_contacts=frozenset({"a", "b"}))
    assert compute(NEW_CONTACTS, day).value == 2


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (Author.CUSTOMER, 1),
        (Author.CUSTOMER_VISIT, 1),
        (Author.PERSON_API, None),
        (Author.CAMPAIGN, None),
    ],
)
def test_a_contact_returns_by_doing_something(author: Author, expected: int | None):
    assert compute(RETURNING_CONTACTS, a_day(messages=(wrote(author),))).value == expected


def test_a_contact_who_writes_twice_returns_once():
    messages = (wrote(Author.CUSTOMER), wrote(Author.CUSTOMER))
    assert compute(RETURNING_CONTACTS, a_day(messages=messages)).value == 1


def test_a_new_contact_does_not_return():
    day = a_day(messages=(wrote(Author.CUSTOMER),), new_contacts=frozenset({"ayse"}))
    assert compute(RETURNING_CONTACTS, day).value is None


def test_messages_are_counted_by_direction_and_author():
    authors = (Author.CUSTOMER, Author.CUSTOMER, Author.AUTOMATION, Author.PERSON_NATIVE)
    reading = compute(MESSAGES, a_day(messages=tuple(wrote(author) for author in authors)))
    assert reading.n == 4
    assert reading.value == {
        "in": 2,
        "out": 2,
        "by_author": {"automation": 1, "customer": 2, "person_native": 1},
    }


def test_a_visit_is_no_message():
    assert compute(MESSAGES, a_day(messages=(wrote(Author.CUSTOMER_VISIT),))).value is None


@pytest.mark.parametrize(
    ("length", "expected"), [(24 * HOUR - SECOND, 1.0), (24 * HOUR, 1.0), (24 * HOUR + SECOND, 0.0)]
)
def test_answered_within_24_hours_includes_exactly_24_hours(length: timedelta, expected: float):
    assert rate(*answered_after(length)).value == expected


@pytest.mark.parametrize(
    ("age", "counted", "pending"), [(24 * HOUR - SECOND, 0, 1), (24 * HOUR, 1, 0)]
)
def test_an_unanswered_wait_counts_once_it_is_24_hours_old(
    age: timedelta, counted: int, pending: int
):
    reading = rate(unanswered(), as_of=builders.NOON + age)
    assert (reading.n, reading.pending) == (counted, pending)


def test_the_unanswered_lower_the_rate():
    assert rate(*answered_after(HOUR), unanswered(conversation_id="nobody")).value == 0.5


def test_pending_waits_have_no_part_in_the_rate():
    waits = (*answered_after(HOUR), unanswered(conversation_id="young"))
    reading = rate(*waits, as_of=builders.NOON + 2 * HOUR)
    assert (reading.value, reading.n, reading.pending) == (1.0, 1, 1)


def test_only_pending_waits_make_no_rate():
    reading = rate(unanswered(), as_of=builders.NOON + HOUR)
    assert (reading.value, reading.n, reading.pending) == (None, 0, 1)


def test_nine_of_ten_is_exactly_nine_tenths():
    waits = (*answered_after(*[HOUR] * 9), unanswered(conversation_id="nobody"))
    assert rate(*waits).value == 0.9


def test_the_rate_of_a_period_is_no_mean_of_rates():
    busy = rate(*answered_after(*[HOUR] * 9))
    quiet = rate(unanswered())
    assert total(RESPONSE_RATE, [busy, quiet]).value == 0.9


def test_a_period_leaves_out_what_another_definition_counted():
    old = Reading(
        channel_id="page",
        day="2026-11-20",
        metric="response_rate",
        definition="0",
        unit=RESPONSE_RATE.unit,
        value=0.0,
        n=1,
        counts={"answered": 0, "due": 1, "pending": 0},
    )
    assert total(RESPONSE_RATE, [old, rate(*answered_after(HOUR))]).value == 1.0


def test_the_mean_is_in_whole_seconds():
    assert times(SECOND, 2 * SECOND)["mean"] == 1


def test_a_begun_second_is_dropped():
    assert times(timedelta(seconds=899.9))["median"] == 899


@pytest.mark.parametrize(
    ("seconds", "median", "p90"),
    [
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([3, 1, 2], 2, 3),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
        ([5, 5, 5, 5, 5, 5, 5, 5, 5, 60], 5, 5),
    ],
)
def test_percentiles_are_by_nearest_rank(seconds: list[int], median: int, p90: int):
    value = times(*(number * SECOND for number in seconds))
    assert (value["median"], value["p90"]) == (median, p90)


@pytest.mark.parametrize(
    ("length", "bucket"),
    [
        (timedelta(0), "under_5_minutes"),
        (timedelta(minutes=5), "under_15_minutes"),
        (timedelta(minutes=15) - SECOND, "under_15_minutes"),
        (timedelta(minutes=15), "under_1_hour"),
        (HOUR, "under_4_hours"),
        (4 * HOUR, "under_8_hours"),
        (8 * HOUR, "under_24_hours"),
        (24 * HOUR, "24_hours_or_more"),
    ],
)
def test_a_bucket_ends_before_its_name(length: timedelta, bucket: str):
    assert times(length)["buckets"][bucket] == 1


def test_the_unanswered_have_no_response_time():
    assert compute(RESPONSE_TIME, a_day(waits=(unanswered(),))).value is None


seconds_of_days = st.lists(st.lists(st.integers(0, 200_000), max_size=8), min_size=1, max_size=4)


def of_days(metric: Metric, days: list[list[int]]) -> tuple[Any, Any]:
    """The value of the days' readings together, and that of all their waits as one day's."""
    each = [compute(metric, a_day(**answered(*day))) for day in days]
    return total(metric, each), compute(metric, a_day(**answered(*chain(*days))))


def answered(*seconds: int) -> dict[str, Any]:
    """A day on which conversations began and were answered after so many seconds."""
    lengths = [number * SECOND for number in seconds]
    return {
        "waits": answered_after(*lengths),
        "page_conversations": tuple(
            PageConversation(f"c{n}", "m", builders.NOON, builders.NOON + length)
            for n, length in enumerate(lengths)
        ),
    }


@given(seconds_of_days)
def test_a_period_has_the_response_times_of_all_its_waits(days: list[list[int]]):
    period, at_once = of_days(RESPONSE_TIME, days)
    exact = {"mean", "buckets"}
    assert period.n == at_once.n
    assert {k: (period.value or {}).get(k) for k in exact} == {
        k: (at_once.value or {}).get(k) for k in exact
    }


@given(seconds_of_days.filter(lambda days: any(days)))
def test_percentiles_of_a_period_are_at_most_one_percent_off(days: list[list[int]]):
    period, at_once = of_days(RESPONSE_TIME, days)
    assert abs(period.value["median"] - at_once.value["median"]) <= 0.01 * at_once.value["median"]
    assert abs(period.value["p90"] - at_once.value["p90"]) <= 0.01 * at_once.value["p90"]


@given(seconds_of_days.filter(lambda days: any(days)))
def test_the_page_response_time_of_a_period_is_at_most_one_percent_off(days: list[list[int]]):
    period, at_once = of_days(PAGE_RESPONSE_TIME, days)
    # Either is rounded down to a whole second at the end.
    assert abs(period.value - at_once.value) <= 0.01 * at_once.value + 1


@given(seconds_of_days)
def test_a_page_response_rate_of_a_period_is_that_of_all_its_conversations(days: list[list[int]]):
    period, at_once = of_days(PAGE_RESPONSE_RATE, days)
    assert (period.value, period.n) == (at_once.value, at_once.n)


def test_the_value_of_a_single_day_stays_exact_in_a_period():
    period, at_once = of_days(RESPONSE_TIME, [[], [101, 5000], []])
    assert (period.value, period.relative_error) == (at_once.value, None)


def test_a_period_says_that_its_percentiles_may_be_one_percent_off():
    period, _ = of_days(RESPONSE_TIME, [[100], [5000]])
    assert period.relative_error == 0.01


def test_a_busy_day_stays_small():
    waits = answered_after(*(n * SECOND for n in range(0, 100_000, 3)))
    reading = compute(RESPONSE_TIME, a_day(waits=waits))
    assert len(msgspec.json.encode(reading)) < 10_000


@given(st.lists(st.integers(0, 200_000), min_size=1))
def test_every_answered_wait_is_in_one_bucket(seconds: list[int]):
    value = times(*(number * SECOND for number in seconds))
    assert sum(value["buckets"].values()) == len(seconds)
