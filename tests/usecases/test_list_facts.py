"""The facts behind a number agree with it to the last one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.catalogue import METRICS
from chalicelib.core import periods
from chalicelib.core.business_hours import WEEKDAYS, OpeningHours, Span
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.messages import Author
from chalicelib.core.metrics import NOT_COUNTED, PENDING, Fact, Metric, Reading
from chalicelib.core.report import CountedFact
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_daily_metrics, list_facts, read_answerers
from chalicelib.usecases.errors import InvalidInput, NotFound
from tests import builders, fakes
from tests.usecases.stories import CONTACTS, Happening, happenings, tell

NIGHTLY = builders.channel(
    time_zone="Europe/Berlin",
    away_message=AutomaticReply(is_on=True),
    hours=OpeningHours(**{day: (Span("08:00", "13:00"),) for day in WEEKDAYS}),
)
START = builders.at("00:00", day="2026-11-16")
DAYS = [f"2026-11-{day}" for day in range(16, 22)]
WEEK = periods.days(DAYS[0], DAYS[-1])


def lived(story: list[Happening], *, computed_after_hours: int = 24 * 9) -> Runtime:
    """The story was told, and its days were computed so many hours after it began."""
    rt = fakes.runtime(NIGHTLY, now=START + timedelta(hours=computed_after_hours))
    tell(story, NIGHTLY, START, rt)
    for day in DAYS:
        compute_daily_metrics.run(builders.CHANNEL, day, rt)
    return rt


def listed(rt: Runtime, metric: Metric, *, limit: int = 7) -> list[CountedFact]:
    """All pages."""
    found: list[CountedFact] = []
    cursor = None
    for _ in range(1000):
        page = list_facts.run(builders.CHANNEL, metric.name, WEEK, rt, cursor=cursor, limit=limit)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("endless pages")


def as_facts(items: list[CountedFact]) -> list[Fact]:
    names = Fact.__struct_fields__
    return [Fact(**{name: getattr(item, name) for name in names}) for item in items]


def told_by_ids(metric: Metric, facts: list[Fact]) -> tuple[Any, int, int]:
    """The value, number and pending ones that these facts make."""
    result = metric.exact(facts) if metric.exact else metric.read(metric.count(facts))
    counted = [fact for fact in facts if fact.counted_as not in NOT_COUNTED]
    pending = [fact for fact in facts if fact.counted_as == PENDING]
    return result.value, len(counted), len(pending)


def stored(rt: Runtime, metric: Metric) -> list[Reading]:
    readings = rt.readings.of_days(builders.CHANNEL, DAYS[0], DAYS[-1])
    return [reading for reading in readings if reading.metric == metric.name]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@settings(max_examples=60, deadline=None)
@given(happenings(days=6), st.integers(1, 24 * 12), st.integers(1, 5))
def test_ids_make_the_number_of_every_day(
    metric: Metric, story: list[Happening], hours: int, limit: int
):
    rt = lived(story, computed_after_hours=hours)
    by_ids = listed(rt, metric, limit=limit)
    for reading in stored(rt, metric):
        facts = as_facts([item for item in by_ids if item.day == reading.day])
        assert told_by_ids(metric, facts) == (reading.value, reading.n, reading.pending)


@settings(max_examples=60, deadline=None)
@given(happenings(days=3))
def test_an_answer_after_the_computation_does_not_change_the_list(story: list[Happening]):
    rt = lived(story, computed_after_hours=3 * 24)
    before = [listed(rt, metric) for metric in METRICS]
    rt.now.advance(hours=5)
    late = [Happening(Author.PERSON_NATIVE, contact, 3 * 24 * 60 + 1) for contact in CONTACTS]
    tell(late, NIGHTLY, START, rt)
    assert [listed(rt, metric) for metric in METRICS] == before


@settings(max_examples=60, deadline=None)
@given(happenings(days=6))
def test_who_answered_adds_up_to_the_response_time(story: list[Happening]):
    rt = lived(story)
    (time,) = [metric for metric in METRICS if metric.name == "response_time"]
    told = read_answerers.run(builders.CHANNEL, WEEK, rt)
    by_ids = listed(rt, time)
    assert {(each.answered_by, each.name): each.response_time.n for each in told.answerers} == {
        who: sum((item.answered_by, item.answered_name) == who for item in by_ids)
        for who in {(item.answered_by, item.answered_name) for item in by_ids}
    }


def test_days_that_were_not_computed_have_no_facts():
    rt = fakes.runtime(NIGHTLY, now=START + timedelta(days=9))
    tell([Happening(Author.CUSTOMER, "ayse", 600)], NIGHTLY, START, rt)
    page = list_facts.run(builders.CHANNEL, "messages", WEEK, rt, cursor=None, limit=9)
    assert (page.items, page.next_cursor) == ((), None)


def test_a_long_period_is_walked_in_pages_of_two_weeks():
    rt = fakes.runtime(NIGHTLY, now=START + timedelta(days=40))
    days = [f"2026-11-{day:02}" for day in range(1, 31)]
    for day in days:
        compute_daily_metrics.run(builders.CHANNEL, day, rt)
    month = periods.month("2026-11")
    page = list_facts.run(builders.CHANNEL, "messages", month, rt, cursor=None, limit=9)
    assert (page.items, page.next_cursor is None) == ((), False)


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJ4IiwwXQ"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str):
    with pytest.raises(InvalidInput, match="cursor"):
        list_facts.run(builders.CHANNEL, "messages", WEEK, lived([]), cursor=cursor, limit=9)


def test_an_unknown_metric_is_refused():
    with pytest.raises(InvalidInput, match="response_rate"):
        list_facts.run(builders.CHANNEL, "luck", WEEK, lived([]), cursor=None, limit=9)


def test_an_unknown_channel_is_not_found():
    with pytest.raises(NotFound):
        list_facts.run("unknown", "messages", WEEK, lived([]), cursor=None, limit=9)


def test_a_page_ends_in_time_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days of a busy channel take seconds each: the API has 10."""
    rt = fakes.runtime(NIGHTLY, now=START + timedelta(days=9))
    for day in DAYS:
        compute_daily_metrics.run(builders.CHANNEL, day, rt)
    read, looked = rt.messages.of_day, []

    def slow(channel_id: str, day: str) -> Any:
        rt.now.advance(seconds=3)
        looked.append(day)
        return read(channel_id, day)

    monkeypatch.setattr(rt.messages, "of_day", slow)
    (metric,) = [each for each in METRICS if each.name == "messages"]
    first = list_facts.run(builders.CHANNEL, "messages", WEEK, rt, cursor=None, limit=7)
    assert (len(looked), first.next_cursor is None) == (2, False)
    assert (listed(rt, metric), sorted(set(looked))) == ([], DAYS)
