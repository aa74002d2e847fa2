"""Durations in whole seconds: exact for one day, and as counts that add up over any.

The counts are a histogram on a logarithmic scale, one entry per step that has any, so that a day
stays small however many durations it has. A step is named by its middle, the seconds that stand for
all in it; none is further from them than 1 %. Whole numbers alone decide: every machine agrees.
Sum, number and named buckets are exact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from itertools import accumulate

RELATIVE_ERROR = 0.01
_PERCENT = 1
_SUM = "sum"
_LONGEST_SECONDS = 10 * 366 * 24 * 60 * 60
_MINUTE, _HOUR = 60, 60 * 60
BUCKETS = {  # name: below so many seconds
    "under_5_minutes": 5 * _MINUTE,
    "under_15_minutes": 15 * _MINUTE,
    "under_1_hour": _HOUR,
    "under_4_hours": 4 * _HOUR,
    "under_8_hours": 8 * _HOUR,
    "under_24_hours": 24 * _HOUR,
}
LONGER = "24_hours_or_more"

Steps = list[tuple[int, int]]  # seconds and how many took that long, shortest first


def whole_seconds(duration: timedelta) -> int:
    """A begun second is dropped."""
    return duration // timedelta(seconds=1)


def counts(seconds: Iterable[int]) -> dict[str, int]:
    """What may be added over days. Nothing of nothing."""
    exact = Counter(seconds)
    if not exact:
        return {}
    rounded: Counter[int] = Counter()
    for each, number in exact.items():
        rounded[middle(each)] += number
    told = {_SUM: sum(each * number for each, number in exact.items())}
    told |= {name: number for name, number in _buckets(exact).items() if number}
    return told | {str(each): rounded[each] for each in sorted(rounded)}


def steps(counted: dict[str, int]) -> Steps:
    """The durations that were counted, as the middles of their steps."""
    return sorted((int(name), number) for name, number in counted.items() if name.isdigit())


def exact_steps(seconds: Iterable[int]) -> Steps:
    return sorted(Counter(seconds).items())


def described(
    durations: Steps, *, total_seconds: int, buckets: dict[str, int]
) -> dict[str, int | dict[str, int | float]]:
    """Mean (rounded down), median, 90th percentile and named buckets of at least one duration."""
    n = number_of(durations)
    return {
        "mean": total_seconds // n,
        "median": percentile(durations, 50),
        "p90": percentile(durations, 90),
        "buckets": {name: buckets.get(name, 0) for name in (*BUCKETS, LONGER)},
    }


def described_exactly(seconds: Iterable[int]) -> dict[str, int | dict[str, int | float]]:
    durations = exact_steps(seconds)
    total_seconds = sum(each * number for each, number in durations)
    return described(durations, total_seconds=total_seconds, buckets=_buckets(dict(durations)))


def described_from(counted: dict[str, int]) -> dict[str, int | dict[str, int | float]]:
    return described(steps(counted), total_seconds=counted[_SUM], buckets=counted)


def number_of(durations: Steps) -> int:
    return sum(number for _, number in durations)


def percentile(durations: Steps, percent: int) -> int:
    """By nearest rank: a duration that happened, or the middle of its step."""
    rank = rank_of(number_of(durations), percent)
    reached = accumulate(number for _, number in durations)
    return next(
        seconds for (seconds, _), so_far in zip(durations, reached, strict=True) if so_far >= rank
    )


def mean_of_fastest(durations: Steps, percent: int) -> int:
    """The mean, rounded down, of the shortest so many percent by nearest rank."""
    rank = left = rank_of(number_of(durations), percent)
    total_seconds = 0
    for seconds, number in durations:
        taken = min(number, left)
        total_seconds += seconds * taken
        left -= taken
    return total_seconds // rank


def rank_of(n: int, percent: int) -> int:
    return -(-percent * n // 100)


def middle(seconds: int) -> int:
    """The seconds that stand for these in the histogram: at most 1 % away."""
    firsts = _firsts()
    return _middle_from(firsts[bisect_right(firsts, seconds) - 1])


@cache
def _firsts() -> Sequence[int]:
    """The first second of each step."""
    firsts = [0]
    while firsts[-1] < _LONGEST_SECONDS:
        firsts.append(max(_middle_from(firsts[-1]) * 100 // (100 - _PERCENT), firsts[-1]) + 1)
    return firsts


def _middle_from(first: int) -> int:
    return first * (100 + _PERCENT) // 100


def _buckets(durations: dict[int, int] | Counter[int]) -> dict[str, int]:
    found = dict.fromkeys((*BUCKETS, LONGER), 0)
    for seconds, number in durations.items():
        found[next((name for name, below in BUCKETS.items() if seconds < below), LONGER)] += number
    return found
