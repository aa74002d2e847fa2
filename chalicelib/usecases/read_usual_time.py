"""How long customers of a channel usually wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from chalicelib.core.day_activity import FINAL_AFTER
from chalicelib.core.metrics import Reading, Result, is_of
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.responsiveness import median_of
from chalicelib.ports import Runtime

# How far back a usual response time is still usual.
_USUAL_DAYS = 14


def run(channel_id: str, rt: Runtime) -> timedelta | None:
    """The median response time of the latest final day on which a person answered; None when there
    is none lately. At most ten minutes old."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        return None
    latest = _days_before(channel.local_day(rt.now() - FINAL_AFTER), 1)
    # Most days have answers: one small read does, the longer one is for after a quiet time.
    before = _days_before(latest, 1)
    median = _latest_median(rt.readings.remembered(channel_id, latest, latest))
    if median is not None:
        return median
    return _latest_median(
        rt.readings.remembered(channel_id, _days_before(before, _USUAL_DAYS), before)
    )


def _latest_median(readings: Iterable[Reading]) -> timedelta | None:
    times = [r for r in readings if r.is_final and r.n and is_of(RESPONSE_TIME, r)]
    latest = max(times, key=lambda reading: reading.day, default=None)
    return median_of(Result(latest.value, latest.n)) if latest else None


def _days_before(day: str, number: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=number)).isoformat()
