"""Feedback: how satisfied customers said they were on a day, for each scale by itself, as the
scales cannot be added: how many answered, and their mean.

csat is 1 to 5, nps 0 to 10, ces 1 to 7 (`core/feedback.py`). Of nps the score that bears its name
stands beside the mean: the share of 9 and 10 less the share of 0 to 6, in whole hundredths.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit
from chalicelib.core.metrics._counting import by_name

_DIGITS = 2
_PROMOTERS, _DETRACTORS = range(9, 11), range(7)


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=each.conversation_id,
            at=each.at,
            counted_as=f"{each.kind}:{each.score}",
        )
        for each in day.feedback
    )


def read(counts: Counts) -> Result:
    scales: dict[str, Counter[int]] = {}
    for name, times in counts.items():
        kind, score = name.split(":")
        scales.setdefault(kind, Counter())[int(score)] += times
    said = {kind: _of_scale(kind, scores) for kind, scores in sorted(scales.items())}
    return Result({**said} or None, sum(counts.values()))


def _of_scale(kind: str, scores: Mapping[int, int]) -> dict[str, int | float]:
    n = sum(scores.values())
    mean = sum(score * times for score, times in scores.items()) / n
    found: dict[str, int | float] = {"n": n, "mean": round(mean, _DIGITS)}
    if kind == "nps":
        found["score"] = round(100 * (_share(_PROMOTERS, scores) - _share(_DETRACTORS, scores)) / n)
    return found


def _share(among: range, scores: Mapping[int, int]) -> int:
    return sum(times for score, times in scores.items() if score in among)


METRIC = Metric("feedback", "1", Unit.SCORE, facts, by_name, read)
