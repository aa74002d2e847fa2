"""Response time: how long the customers who were answered by a person had waited.

Whole seconds, rounded down. Percentiles by nearest rank, so that each is a wait that happened.
The counts are waits by their seconds: any period has its exact median.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import accumulate

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Metric, Result, Unit

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


def count(day: DayActivity) -> Counts:
    lengths = (
        wait.answered_at - wait.opened_at for wait in day.waits if wait.answered_at is not None
    )
    return dict(Counter(str(length // timedelta(seconds=1)) for length in lengths))


def read(counts: Counts) -> Result:
    times = sorted((int(seconds), waits) for seconds, waits in counts.items())
    n = sum(counts.values())
    if n == 0:
        return Result(None, 0)
    return Result(
        {
            "mean": sum(seconds * waits for seconds, waits in times) // n,
            "median": _percentile(times, n, 50),
            "p90": _percentile(times, n, 90),
            "buckets": _buckets(times),
        },
        n,
    )


def _percentile(times: list[tuple[int, int]], n: int, percent: int) -> int:
    rank = -(-percent * n // 100)
    reached = accumulate(waits for _, waits in times)
    return next(
        seconds for (seconds, _), so_far in zip(times, reached, strict=True) if so_far >= rank
    )


def _buckets(times: Iterable[tuple[int, int]]) -> dict[str, int]:
    buckets = dict.fromkeys((*BUCKETS, LONGER), 0)
    for seconds, waits in times:
        name = next((name for name, below in BUCKETS.items() if seconds < below), LONGER)
        buckets[name] += waits
    return buckets


METRIC = Metric("response_time", "1", Unit.SECONDS, count, read)
