"""The page metric over its window, combined from the readings of days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.day_activity import DayActivity, LocalDay
from chalicelib.core.metrics import Reading, Result, compute
from chalicelib.core.metrics.page_response_rate import METRIC as RATE
from chalicelib.core.metrics.page_response_time import METRIC as TIME
from chalicelib.core.page_conversations import PageConversation
from chalicelib.core.page_rules import rule_for
from chalicelib.core.responsiveness import PageFigures, has_page_badge, page_figures
from tests import builders

TODAY = date.fromisoformat(builders.TODAY)
RULE, WEEK = rule_for(30, TODAY), rule_for(7, TODAY)
MINUTE, HOUR, DAY = 60, 3600, timedelta(days=1)


def day_of(days_ago: int, outcomes: Sequence[int | None], **facts: Any) -> list[Reading]:
    """The readings of a day with conversations answered after so many seconds, or never; a minute
    lies between them. In the order of the store backwards."""
    day = TODAY - days_ago * DAY
    start = builders.at("00:00", day=day.isoformat())
    activity = DayActivity(
        local_day=LocalDay("page", day.isoformat(), start, start + DAY),
        as_of=facts.pop("as_of", start + 9 * DAY),
        waits=(),
        messages=(),
        episodes=(),
        new_contacts=frozenset(),
        page_conversations=tuple(_began(start, n, after) for n, after in enumerate(outcomes)),
    )
    return [compute(TIME, activity), compute(RATE, activity)]


def _began(start: Any, number: int, seconds: int | None) -> PageConversation:
    at = start + number * timedelta(minutes=1)
    answered_at = None if seconds is None else at + timedelta(seconds=seconds)
    return PageConversation(f"c{number}", "m", at, answered_at)


def days(*readings: list[Reading]) -> list[Reading]:
    return [reading for of_day in readings for reading in of_day]


def test_enough_conversations_in_30_days_are_counted_together():
    told = page_figures(days(day_of(0, [60] * 6), day_of(10, [120] * 5 + [None])), RULE)
    assert (told.rate.value, told.rate.n) == (11 / 12, 12)
    assert told.time.n == 11
    assert (told.first, told.last) == ("2026-10-23", "2026-11-21")
    assert told.is_last_few is False


def test_the_days_end_with_the_last_counted_conversation():
    told = page_figures(days(day_of(3, [60] * 10), day_of(32, [60] * 5), day_of(33, [60])), RULE)
    assert (told.first, told.last, told.rate.n) == ("2026-10-20", "2026-11-18", 15)


def test_the_time_is_the_mean_of_the_fastest_over_all_days():
    told = page_figures(days(day_of(0, [10] * 9), day_of(1, [20] * 9 + [50_000] * 2)), RULE)
    assert told.time.value == 15
    assert told.time.relative_error == 0.01


def test_the_time_of_a_single_day_is_exact():
    told = page_figures(day_of(0, [1003] * 10), RULE)
    assert (told.time.value, told.time.relative_error) == (1003, None)


def test_fewer_than_ten_fall_back_on_the_last_ten():
    told = page_figures(days(day_of(0, [60] * 4), day_of(100, [None] * 3 + [120] * 6)), RULE)
    assert (told.rate.value, told.rate.n, told.is_last_few) == (1.0, 10, True)
    assert (told.time.value, told.time.relative_error) == ((4 * 60 + 5 * 120) // 9, None)
    assert (told.first, told.last) == ("2026-08-13", "2026-11-21")


def test_exactly_ten_are_enough():
    assert page_figures(days(day_of(0, [60] * 10), day_of(40, [None])), RULE).is_last_few is False


def test_when_there_never_were_ten_all_count():
    told = page_figures(days(day_of(0, [60]), day_of(200, [None])), RULE)
    assert (told.rate.value, told.rate.n, told.is_last_few) == (0.5, 2, True)


def test_without_conversations_there_is_nothing_to_tell():
    told = page_figures(day_of(0, []), RULE)
    assert (told.rate.value, told.time.value, told.first) == (None, None, None)
    assert has_page_badge(told, RULE) is None


def test_only_pending_conversations_are_told_as_pending():
    told = page_figures(day_of(0, [None], as_of=builders.NOON), RULE)
    assert (told.rate.value, told.rate.pending) == (None, 1)


def test_the_seven_days_of_a_channel_that_wants_them():
    readings = days(day_of(0, [60] * 10), day_of(6, [60]), day_of(7, [None] * 5))
    assert page_figures(readings, WEEK).rate.n == 11
    assert page_figures(readings, RULE).rate.n == 16


def test_readings_of_another_metric_or_definition_are_left_out():
    old = [replace(reading, definition="0") for reading in day_of(0, [None] * 20)]
    assert page_figures(days(old, day_of(1, [60] * 10)), RULE).rate.value == 1.0


def test_no_more_days_are_read_than_needed():
    def endless() -> Iterator[Reading]:
        for days_ago in range(1000):
            assert days_ago <= 30, "read on"
            yield from day_of(days_ago, [60])

    assert page_figures(endless(), RULE).rate.n == 30


def test_figures_are_final_when_all_their_days_are():
    fresh = day_of(0, [60] * 5, as_of=builders.at("00:00", day="2026-11-23"))
    assert page_figures(days(fresh, day_of(5, [60] * 5)), RULE).is_final is False
    assert page_figures(day_of(5, [60] * 10), RULE).is_final is True


@pytest.mark.parametrize(
    ("rate", "seconds", "expected"),
    [
        (0.9, 899, True),
        (0.899, 10, False),
        (1.0, 900, False),
        (0.9, 0, True),
        (0.0, None, False),
    ],
)
def test_the_badge_at_exactly_90_percent_and_exactly_15_minutes(
    rate: float, seconds: int | None, expected: bool
):
    figures = PageFigures(rate=Result(rate, 10), time=Result(seconds, 9))
    assert has_page_badge(figures, RULE) is expected
