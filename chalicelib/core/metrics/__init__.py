"""Metrics: arithmetic on one channel's local day. One file per metric; this is their contract.

A metric names what it counts of a day (`facts`), counts it (`count`) and makes its value of such
counts (`read`). The facts are what people are shown behind the number, so both agree. Counts are
whole numbers that add up: a period is read from the sum of its days, never as a mean of means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from chalicelib.core.day_activity import DayActivity

Counts: TypeAlias = dict[str, int]
Value: TypeAlias = int | float | dict[str, int | dict[str, int | float]] | None
# Of one conversation: when it began, and after how many seconds it was answered, if it was.
Outcome: TypeAlias = tuple[datetime, int | None]

# What `counted_as` says of facts that the value leaves out.
PENDING = "pending"  # too young to count
LEFT_OUT = "left_out"
NOT_COUNTED = frozenset({PENDING, LEFT_OUT})


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1
    SECONDS = "seconds"
    SCORE = "score"  # on a customer's own scale


class Fact(Struct, frozen=True, kw_only=True):
    """One thing that a metric looked at, and as what it counted it."""

    conversation_id: str
    at: datetime  # when it happened or began
    counted_as: str
    message_id: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None  # Author value
    answered_name: str | None = None


class Result(Struct, frozen=True):
    """A value made of `n` facts; None, never 0, where nothing was counted. `pending` facts are too
    young to count. `relative_error`: how far durations may be from the exact ones; None: they are
    exact."""

    value: Value
    n: int
    pending: int = 0
    relative_error: float | None = None


class Metric(Struct, frozen=True):
    """Whatever changes its numbers raises `definition`, which every reading carries. `exact` makes
    the value of one day where `read` can only come close; `latest` picks outcomes to keep one by
    one, newest first. One that `is_of_waits` looks at nothing else of a day."""

    name: str
    definition: str
    unit: Unit
    facts: Callable[[DayActivity], Iterable[Fact]]
    count: Callable[[Iterable[Fact]], Counts]
    read: Callable[[Counts], Result]
    exact: Callable[[Iterable[Fact]], Result] | None = None
    latest: Callable[[Iterable[Fact]], tuple[Outcome, ...]] | None = None
    is_of_waits: bool = False


class Reading(Struct, frozen=True, kw_only=True):
    """The value of a metric on a channel's day. It says nothing of when it was computed: a rerun
    over the same facts writes the same. With `answered_by`, of one answerer alone."""

    channel_id: str
    day: str
    metric: str
    definition: str
    unit: Unit
    value: Value
    n: int
    pending: int = 0
    is_final: bool = False
    counts: Counts = {}
    latest: tuple[Outcome, ...] = ()
    answered_by: str | None = None
    answered_name: str | None = None


def compute(metric: Metric, day: DayActivity) -> Reading:
    """The reading of one day."""
    return reading_of(metric, day, lambda: metric.facts(day))


def reading_of(metric: Metric, day: DayActivity, facts: Callable[[], Iterable[Fact]]) -> Reading:
    """The reading of these facts of the day; they are gone through once for each part of it."""
    counts = metric.count(facts())
    result = metric.exact(facts()) if metric.exact else metric.read(counts)
    return Reading(
        channel_id=day.local_day.channel_id,
        day=day.local_day.day,
        metric=metric.name,
        definition=metric.definition,
        unit=metric.unit,
        value=result.value,
        n=result.n,
        pending=result.pending,
        is_final=day.is_final,
        counts=counts,
        latest=metric.latest(facts()) if metric.latest else (),
    )


def total(metric: Metric, readings: Iterable[Reading]) -> Result:
    """The value over several days, from the sums of their counts; that of a single day is its own.
    Readings of other metrics or definitions are left out."""
    known = [each for each in readings if is_of(metric, each) and (each.n or each.pending)]
    if len(known) == 1:
        return Result(known[0].value, known[0].n, known[0].pending)
    counts: Counter[str] = Counter()
    for reading in known:
        counts.update(reading.counts)
    return metric.read(dict(counts))


def is_of(metric: Metric, reading: Reading) -> bool:
    """Whether it is a reading of this metric by this definition."""
    return (reading.metric, reading.definition) == (metric.name, metric.definition)
