"""The badge "very responsive", as Meta's pages showed it.

Meta's help text, quoted by several, read 2026-11: at least 90 % answered, and a response time under
15 minutes, over the last 7 days. Sources disagree on the kind of average; ours is the median.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.metrics import Result

BADGE_DAYS = 7
BADGE_DEFINITION = "1"
RATE_FROM = 0.9
TIME_BELOW = timedelta(minutes=15)


def is_very_responsive(rate: Result, time: Result) -> bool | None:
    """Whether a response rate and a response time earn the badge; None when no wait counts yet."""
    if not isinstance(rate.value, int | float):
        return None
    median = median_of(time)
    return rate.value >= RATE_FROM and median is not None and median < TIME_BELOW


def median_of(time: Result) -> timedelta | None:
    """The median of a response time; None when nobody was answered."""
    if not isinstance(time.value, dict):
        return None
    median = time.value["median"]
    return timedelta(seconds=median) if isinstance(median, int) else None
