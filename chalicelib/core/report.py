"""What reports say. Absent facts are null; a value is null where nothing was counted."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.core.comparison import Change
from chalicelib.core.metrics import Metric, Reading, Result, Unit, Value
from chalicelib.core.periods import Kind

_FROM_TO = {"first": "from", "last": "to"}


class Figure(Struct, frozen=True, kw_only=True):
    """A value made of `n` facts. Where it is not `exact`, its percentiles and means of the fastest
    may be off by `relative_error`."""

    value: Value
    n: int
    pending: int
    unit: Unit
    definition: str
    exact: bool
    relative_error: float | None


class DayFigures(Struct, frozen=True, kw_only=True):
    day: str
    is_final: bool
    readings: dict[str, Figure]


class PeriodFigures(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """The totals of local days, both included."""

    first: str
    last: str
    totals: dict[str, Figure]
    pending: int
    is_final: bool


class Badge(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """From the operational family: response rate, and median response time."""

    first: str
    last: str
    is_very_responsive: bool | None
    response_rate: float | None
    response_time_seconds: int | None
    n: int
    pending: int
    is_final: bool
    definition: str
    exact: bool
    relative_error: float | None


class PageBadge(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """In Meta's style, over so many `days`; `is_last_few`: over the last conversations instead, as
    those days had too few."""

    first: str | None
    last: str | None
    days: int
    is_last_few: bool
    is_very_responsive: bool | None
    response_rate: float | None
    response_time_seconds: int | None
    n: int
    pending: int
    is_final: bool
    definition: str
    exact: bool
    relative_error: float | None


class Report(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """How responsive a channel was: each computed day, the whole, and the period before. `change`
    is what the totals have more than before."""

    channel_id: str
    time_zone: str
    period: Kind
    first: str
    last: str
    days: list[DayFigures]
    totals: dict[str, Figure]
    pending: int
    is_final: bool
    before: PeriodFigures
    change: dict[str, Change]
    badge: Badge
    page_badge: PageBadge


class Answerer(Struct, frozen=True, kw_only=True):
    """`answered_by`: person_api with a name, person_native or person_app without."""

    answered_by: str
    name: str | None
    response_time: Figure


class Answerers(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """Who answered, the most first."""

    channel_id: str
    period: Kind
    first: str
    last: str
    answerers: list[Answerer]
    is_final: bool


class CountedFact(Struct, frozen=True, kw_only=True):
    """Something that a metric looked at, and as what it counted it; `pending` and `left_out` are
    not part of its `n`."""

    day: str
    conversation_id: str
    message_id: str | None
    at: datetime
    counted_as: str
    answered_at: datetime | None
    answered_by: str | None
    answered_name: str | None


def figure(metric: Metric, result: Result) -> Figure:
    """The result of a metric."""
    return _figure(result, unit=metric.unit, definition=metric.definition)


def figure_of(reading: Reading) -> Figure:
    """A day's reading, by whatever definition."""
    result = Result(reading.value, reading.n, reading.pending)
    return _figure(result, unit=reading.unit, definition=reading.definition)


def _figure(result: Result, *, unit: Unit, definition: str) -> Figure:
    return Figure(
        value=result.value,
        n=result.n,
        pending=result.pending,
        unit=unit,
        definition=definition,
        exact=result.relative_error is None,
        relative_error=result.relative_error,
    )
