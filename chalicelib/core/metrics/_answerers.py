"""Who answered how fast: the response time of each person, and of each place that names nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TypeAlias

from msgspec.structs import replace

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Fact, Reading, Result, reading_of, total
from chalicelib.core.metrics.response_time import METRIC

Answerer: TypeAlias = tuple[str, str]  # Author value; the name, "" where nobody told it


def compute(day: DayActivity) -> tuple[Reading, ...]:
    """A reading of the response time for each who answered on this day, in their order."""
    facts = sorted(METRIC.facts(day), key=_answerer)
    return tuple(_reading(day, list(of_one)) for _, of_one in groupby(facts, key=_answerer))


def totals(readings: Iterable[Reading]) -> dict[Answerer, Result]:
    """The response time of each over several days."""
    in_order = sorted(readings, key=_answerer)
    each = {who: total(METRIC, of_one) for who, of_one in groupby(in_order, key=_answerer)}
    return {who: result for who, result in each.items() if result.n}


def _reading(day: DayActivity, facts: Sequence[Fact]) -> Reading:
    reading = reading_of(METRIC, day, lambda: facts)
    return replace(
        reading, answered_by=facts[0].answered_by or "", answered_name=facts[0].answered_name
    )


def _answerer(one: Fact | Reading) -> Answerer:
    return one.answered_by or "", one.answered_name or ""
