"""Response time: how long the customers who were answered by a person had waited.

Whole seconds, rounded down. Percentiles by nearest rank: those of a day are exact, those of a
period come from the days' histograms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit, _durations
from chalicelib.core.metrics._counting import seconds_to_answer


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=wait.conversation_id,
            at=wait.opened_at,
            counted_as="answered",
            answered_at=wait.answered_at,
            answered_by=wait.answered_by,
            answered_name=wait.answered_name,
        )
        for wait in day.waits
        if wait.answered_at is not None
    )


def count(counted: Iterable[Fact]) -> Counts:
    return _durations.counts(seconds_to_answer(counted))


def read(counts: Counts) -> Result:
    if not counts:
        return Result(None, 0)
    n = _durations.number_of(_durations.steps(counts))
    return Result(_durations.described_from(counts), n, relative_error=_durations.RELATIVE_ERROR)


def exact(counted: Iterable[Fact]) -> Result:
    seconds = list(seconds_to_answer(counted))
    if not seconds:
        return Result(None, 0)
    return Result(_durations.described_exactly(seconds), len(seconds))


METRIC = Metric(
    "response_time", "2", Unit.SECONDS, facts, count, read, exact=exact, is_of_waits=True
)
