"""Opening hours: spans of the week and special days, in a zone, right through both DST changes.

One rule turns the clock on the wall into time: a local time is the first moment at which the wall
shows it or later. So a time that a DST change skips becomes the end of the gap, a time that comes
twice counts once (the first), and hours that touch on the wall touch in time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 24 * 60
ONE_DAY = timedelta(days=1)
# How far we look for the opening before or after a moment; longer is closed for good.
HORIZON_DAYS = 400

_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


class Span(Struct, frozen=True):
    """Open from `opens` to `closes`, HH:MM. A `closes` not after `opens` is past midnight."""

    opens: str
    closes: str

    @property
    def minutes(self) -> tuple[int, int]:
        """Both ends in minutes of the day it opens on; past 1440 is the next day."""
        opens, closes = _minutes(self.opens), _minutes(self.closes)
        return opens, closes if closes > opens else closes + DAY_MINUTES


Spans = Annotated[tuple[Span, ...], Meta(max_length=12)]


class SpecialDay(Struct, frozen=True):
    """These dates have hours of their own; no spans means closed.

    A night that opened on the date before goes on to its end.
    """

    on: date
    until: date | None = None  # the last of them, when there are several
    spans: Spans = ()

    def covers(self, day: date) -> bool:
        return self.on <= day <= (self.until or self.on)


class OpeningHours(Struct, frozen=True):
    """When the business is there. A span belongs to the day it opens on."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()
    special_days: Annotated[tuple[SpecialDay, ...], Meta(max_length=366)] = ()

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        today = at.astimezone(zone).date()
        return any(
            opens <= at < closes
            for day in (today, today - ONE_DAY)
            for opens, closes in self._openings(day, zone)
        )

    def closed_since(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the closed period that contains `at` began; None if it was never open before."""
        today = at.astimezone(zone).date()
        for days_ago in range(HORIZON_DAYS):
            # The night of the day before may end later than anything of the day.
            days = (today - timedelta(days=days_ago + more) for more in (0, 1))
            ends = [end for day in days for _, end in self._openings(day, zone) if end <= at]
            if ends:
                return max(ends)
        return None

    def opens_next(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The first opening after `at`; None if there is none."""
        today = at.astimezone(zone).date()
        for days_ahead in range(HORIZON_DAYS):
            day = today + timedelta(days=days_ahead)
            starts = [start for start, _ in self._openings(day, zone) if start > at]
            if starts:
                return min(starts)
        return None

    def closed_spans(
        self, start: datetime, end: datetime, zone: ZoneInfo
    ) -> tuple[tuple[datetime, datetime], ...]:
        """When between the two moments it was closed, oldest first."""
        first, last = (moment.astimezone(zone).date() for moment in (start, end))
        days = (first + number * ONE_DAY for number in range(-1, (last - first).days + 1))
        openings = sorted(span for day in days for span in self._openings(day, zone))
        closed, since = [], start
        for opens, closes in [*openings, (end, end)]:
            if since < min(opens, end):
                closed.append((since, min(opens, end)))
            since = max(since, closes)
        return tuple(closed)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        for special in self.special_days:
            if special.covers(day):
                return special.spans
        spans: tuple[Span, ...] = getattr(self, WEEKDAYS[day.weekday()])
        return spans

    def _openings(self, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        for span in self.spans_on(day):
            start, end = (first_moment(zone, day, minute) for minute in span.minutes)
            if start < end:  # a span inside a DST gap has no length
                yield start, end


def first_moment(zone: ZoneInfo, day: date, minute: int = 0) -> datetime:
    """The first moment at which a clock on the wall shows this minute of the day, or later."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _end_of_gap(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment)


def day_bounds(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    """The local day in UTC: from the first moment up to, not including, the second."""
    return first_moment(zone, day), first_moment(zone, day + ONE_DAY)


def problems(hours: OpeningHours) -> Iterator[tuple[str, str]]:
    """(field, what was expected) of everything that is wrong with these hours."""
    week = {name: getattr(hours, name) for name in WEEKDAYS}
    named = [*week.items()]
    named += [(f"special_days[{i}].spans", day.spans) for i, day in enumerate(hours.special_days)]
    unreadable = [problem for name, spans in named for problem in _unreadable(name, spans)]
    yield from unreadable
    if not unreadable:
        yield from _overlaps_of_week(week)
        for name, spans in named[len(WEEKDAYS) :]:
            yield from _overlaps(_on_wheel(name, spans, day_index=0))
    yield from _date_problems(hours.special_days)


def _minutes(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def _end_of_gap(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment between the two at which the offset changes; they change on whole seconds."""
    offset = before.astimezone(zone).utcoffset()

    def has_changed(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(zone).utcoffset() != offset

    seconds = range(int((after - before).total_seconds()) + 1)
    return before + timedelta(seconds=bisect_left(seconds, True, key=has_changed))


def _unreadable(name: str, spans: tuple[Span, ...]) -> Iterator[tuple[str, str]]:
    for index, span in enumerate(spans):
        if not _TIME.fullmatch(span.opens) or span.opens == "24:00":
            yield f"{name}[{index}].opens", "a time from 00:00 to 23:59"
        if not _TIME.fullmatch(span.closes):
            yield f"{name}[{index}].closes", "a time from 00:00 to 24:00"
        if span.opens == span.closes:
            yield f"{name}[{index}].closes", "another time than opens (00:00 to 24:00: all day)"


_Turn = tuple[int, int, str]  # start and end in minutes, and the field


def _on_wheel(name: str, spans: tuple[Span, ...], day_index: int) -> list[_Turn]:
    midnight = day_index * DAY_MINUTES
    return [
        (midnight + opens, midnight + closes, f"{name}[{index}]")
        for index, (opens, closes) in enumerate(span.minutes for span in spans)
    ]


def _overlaps_of_week(week: dict[str, tuple[Span, ...]]) -> Iterator[tuple[str, str]]:
    turns = [
        turn
        for day_index, (name, spans) in enumerate(week.items())
        for turn in _on_wheel(name, spans, day_index)
    ]
    again = [
        (start + 7 * DAY_MINUTES, end + 7 * DAY_MINUTES, field)
        for start, end, field in sorted(turns)[:1]
    ]
    yield from _overlaps(turns + again)


def _overlaps(turns: list[_Turn]) -> Iterator[tuple[str, str]]:
    for (_, end, _), (start, _, field) in pairwise(sorted(turns)):
        if start < end:
            yield f"{field}.opens", "a time at which nothing else is open yet"


def _date_problems(days: tuple[SpecialDay, ...]) -> Iterator[tuple[str, str]]:
    for index, day in enumerate(days):
        if day.until and day.until < day.on:
            yield f"special_days[{index}].until", "a date not before on"
        if any(other.covers(day.on) or day.covers(other.on) for other in days[:index]):
            yield f"special_days[{index}].on", "dates that no other special day has"
