"""F20: every hour of 2026 to 2028 in every zone: its local day, and whether a shop is open.

What a zone does to the product is its clock: the moments at which its offset changes, and to what.
Every hour of every zone is looked at to tell the clocks; zones with the same clock share a run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core import business_hours
from chalicelib.core.business_hours import SpecialDay, day_bounds
from chalicelib.core.channel_document import known_zones
from tests import builders
from tests.core.test_business_hours import INSTANT, SHOP, every_day, shows_open, wall

pytestmark = pytest.mark.slow

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
HOURS = [FIRST + number * HOUR for number in range((LAST - FIRST) // HOUR)]
DAYS = [date(2025, 12, 31) + timedelta(days=number) for number in range(1098)]
Clock = tuple[tuple[datetime, timedelta | None], ...]

SCHEDULES = {
    "a mixed week": SHOP,
    "hours around every change of clocks": every_day(
        "01:30-02:30 22:30-24:00",
        special_days=(SpecialDay(date(2027, 3, 28)), SpecialDay(date(2027, 10, 31))),
    ),
}


def clock(zone: ZoneInfo) -> Clock:
    """The changes of the offset, to the second, seen from every hour."""
    offsets = [hour.astimezone(zone).utcoffset() for hour in HOURS]
    changes = [place for place in range(1, len(HOURS)) if offsets[place] != offsets[place - 1]]
    return (
        (FIRST, offsets[0]),
        *((_moment_of_change(zone, HOURS[place - 1]), offsets[place]) for place in changes),
    )


def _moment_of_change(zone: ZoneInfo, hour: datetime) -> datetime:
    before = hour.astimezone(zone).utcoffset()
    seconds = (hour + number * SECOND for number in range(1, 3601))
    return next(at for at in seconds if at.astimezone(zone).utcoffset() != before)


@cache
def zones_by_clock() -> dict[Clock, list[str]]:
    found: dict[Clock, list[str]] = defaultdict(list)
    for name in sorted(known_zones()):
        found[clock(ZoneInfo(name))].append(name)
    return found


@cache
def one_of_each() -> tuple[str, ...]:
    """A zone for every clock."""
    return tuple(names[0] for names in zones_by_clock().values())


@cache
def faces(zone: str) -> tuple[datetime, ...]:
    """What a clock on the wall that is never turned back shows at every hour."""
    shown = (
        max(wall(at - INSTANT, ZoneInfo(zone)), wall(at, ZoneInfo(zone)))
        for at in [FIRST - HOUR, *HOURS]
    )
    return tuple(accumulate(shown, max))[1:]


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pure function, called 24 times for every edge of a day, is worked out once."""
    monkeypatch.setattr(business_hours, "first_moment", cache(business_hours.first_moment))


def wrong_days(zone: str) -> Iterator[tuple[str, datetime]]:
    """Hours whose day is not the one whose bounds they are in."""
    channel = builders.channel(time_zone=zone)
    for day in DAYS:
        start, end = day_bounds(ZoneInfo(zone), day)
        first, last = -((FIRST - start) // HOUR), -((FIRST - end) // HOUR)
        for at in HOURS[max(first, 0) : max(last, 0)]:
            if channel.local_day(at) != day.isoformat():
                yield zone, at


def wrongly_open(schedule: str, zone: str) -> Iterator[tuple[str, datetime]]:
    """Hours at which the shop is open against the clock on the wall, or closed."""
    hours, place = SCHEDULES[schedule], ZoneInfo(zone)
    for at, shown in zip(HOURS, faces(zone), strict=True):
        if hours.is_open(at, place) is not should_be_open(schedule, shown):
            yield zone, at


@cache
def should_be_open(schedule: str, shown: datetime) -> bool:
    return shows_open(SCHEDULES[schedule], shown)


def test_f20_the_zones_of_the_world_have_dozens_of_clocks() -> None:
    names = [name for names in zones_by_clock().values() for name in names]
    assert (sorted(names), len(zones_by_clock()) > 50) == (sorted(known_zones()), True)


def test_f20_every_hour_of_three_years_is_in_the_bounds_of_its_local_day() -> None:
    assert [wrong for zone in one_of_each() for wrong in wrong_days(zone)] == []


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_f20_every_hour_of_three_years_is_open_as_the_clock_on_the_wall_says(
    schedule: str,
) -> None:
    assert [wrong for zone in one_of_each() for wrong in wrongly_open(schedule, zone)] == []


def test_f20_who_never_closes_is_never_closed() -> None:
    hours = every_day("00:00-24:00")
    closed = {hours.closed_spans(FIRST, LAST, ZoneInfo(zone)) for zone in one_of_each()}
    assert closed == {()}


@pytest.mark.parametrize(
    ("zone", "lengths"),
    [
        ("Europe/Berlin", {7, 8, 9}),
        ("America/New_York", {7, 8, 9}),
        ("Australia/Lord_Howe", {7.5, 8, 8.5}),
        ("Europe/Istanbul", {8}),
    ],
)
def test_f20_a_night_lasts_its_true_time_when_the_clocks_change(
    zone: str, lengths: set[float]
) -> None:
    closed = every_day("22:00-06:00").closed_spans(FIRST, LAST, ZoneInfo(zone))
    nights = [morning - evening for (_, evening), (morning, _) in pairwise(closed)]
    assert {night / HOUR for night in nights} == lengths
