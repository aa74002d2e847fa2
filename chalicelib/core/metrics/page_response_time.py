"""Page response time, in Meta's style: the mean over the fastest 90 % of what was answered.

Conversations and answers are those of the page response rate. Whole seconds, rounded down; 90 % by
nearest rank. That of a day is exact, that of a period comes from the days' histograms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit, _durations, _page_facts
from chalicelib.core.metrics._counting import seconds_to_answer
from chalicelib.core.metrics._page_facts import ANSWERED
from chalicelib.core.page_rules import RULES

FASTEST_PERCENT = RULES[0].fastest_percent


def facts(day: DayActivity) -> Iterator[Fact]:
    return (fact for fact in _page_facts.facts(day) if fact.counted_as == ANSWERED)


def count(counted: Iterable[Fact]) -> Counts:
    return _durations.counts(seconds_to_answer(counted))


def read(counts: Counts) -> Result:
    steps = _durations.steps(counts)
    if not steps:
        return Result(None, 0)
    return Result(
        _durations.mean_of_fastest(steps, FASTEST_PERCENT),
        _durations.number_of(steps),
        relative_error=_durations.RELATIVE_ERROR,
    )


def exact(counted: Iterable[Fact]) -> Result:
    return exact_of(seconds_to_answer(counted))


def exact_of(seconds: Iterable[int]) -> Result:
    """The value of these response times."""
    steps = _durations.exact_steps(seconds)
    if not steps:
        return Result(None, 0)
    n = _durations.number_of(steps)
    return Result(_durations.mean_of_fastest(steps, FASTEST_PERCENT), n)


METRIC = Metric("page_response_time", "1", Unit.SECONDS, facts, count, read, exact=exact)
