"""Metrics: arithmetic on one channel's local day. One file per metric; this is their contract.

A metric counts facts of a day (`count`) and makes its value of such counts (`read`). Counts are
whole numbers that add up: a period is read from the sum of its days, never as a mean of means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from chalicelib.core.day_activity import DayActivity

Counts: TypeAlias = dict[str, int]
Value: TypeAlias = int | float | dict[str, int | dict[str, int]] | None


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1
    SECONDS = "seconds"


class Result(Struct, frozen=True):
    """A value made of `n` facts; None, never 0, where nothing was counted. `pending` facts are too
    young to count."""

    value: Value
    n: int
    pending: int = 0


class Metric(Struct, frozen=True):
    """Whatever changes its numbers raises `definition`, which every reading carries."""

    name: str
    definition: str
    unit: Unit
    count: Callable[[DayActivity], Counts]
    read: Callable[[Counts], Result]


class Reading(Struct, frozen=True, kw_only=True):
    """The value of a metric on a channel's day. It says nothing of when it was computed: a rerun
    over the same facts writes the same."""

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


def compute(metric: Metric, day: DayActivity) -> Reading:
    """The reading of one day."""
    counts = metric.count(day)
    result = metric.read(counts)
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
    )


def total(metric: Metric, readings: Iterable[Reading]) -> Result:
    """The value over several days, from the sums of their counts. Readings of other metrics or
    definitions are left out."""
    counts: Counter[str] = Counter()
    for reading in readings:
        if (reading.metric, reading.definition) == (metric.name, metric.definition):
            counts.update(reading.counts)
    return metric.read(dict(counts))
