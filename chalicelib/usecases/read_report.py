"""Read how responsive a channel was, from its stored readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from chalicelib.catalogue import METRICS
from chalicelib.core.day_activity import FINAL_AFTER
from chalicelib.core.metrics import Metric, Reading, Result, total
from chalicelib.core.metrics.response_rate import METRIC as RESPONSE_RATE
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.metrics.response_time import read as read_response_time
from chalicelib.core.responsiveness import (
    BADGE_DAYS,
    BADGE_DEFINITION,
    is_very_responsive,
    median_of,
)
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel

# How far back a usual response time is still usual.
_USUAL_DAYS = 14


def responsiveness(channel_id: str, first: str, last: str, rt: Runtime) -> dict[str, Any]:
    """The days from `first` to `last` that were computed, their totals, and the badge as of `last`.
    Totals are made of the days' counts, never of their values. Raises NotFound."""
    channel = read_channel.run(channel_id, rt)
    badge_first = _days_before(last, BADGE_DAYS - 1)
    readings = rt.readings.of_days(channel_id, min(first, badge_first), last)
    chosen = [reading for reading in readings if reading.day >= first]
    rate = total(RESPONSE_RATE, chosen)
    return {
        "channel_id": channel_id,
        "time_zone": channel.time_zone,
        "from": first,
        "to": last,
        "days": [_day(day, list(of_day)) for day, of_day in groupby(_in_order(chosen), _day_of)],
        "totals": {metric.name: _shown(metric, total(metric, chosen)) for metric in METRICS},
        "pending": rate.pending,
        "is_final": _is_final(chosen),
        "badge": _badge(badge_first, last, [r for r in readings if r.day >= badge_first]),
    }


def usual_response_time(channel_id: str, rt: Runtime) -> timedelta | None:
    """The median response time of the latest final day on which a person answered; None when there
    is none lately."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        return None
    latest = _days_before(channel.local_day(rt.now() - FINAL_AFTER), 1)
    # Most days have answers: one small read does, the longer one is for after a quiet time.
    before = _days_before(latest, 1)
    median = _latest_median(rt.readings.of_days(channel_id, latest, latest))
    if median is not None:
        return median
    return _latest_median(
        rt.readings.of_days(channel_id, _days_before(before, _USUAL_DAYS), before)
    )


def _latest_median(readings: Iterable[Reading]) -> timedelta | None:
    times = [reading for reading in readings if _is_final_response_time(reading)]
    latest = max(times, key=lambda reading: reading.day, default=None)
    return median_of(read_response_time(latest.counts)) if latest else None


def _is_final_response_time(reading: Reading) -> bool:
    return (
        reading.is_final
        and reading.n > 0
        and (reading.metric, reading.definition) == (RESPONSE_TIME.name, RESPONSE_TIME.definition)
    )


def _badge(first: str, last: str, readings: Sequence[Reading]) -> dict[str, Any]:
    rate, time = total(RESPONSE_RATE, readings), total(RESPONSE_TIME, readings)
    median = median_of(time)
    return {
        "from": first,
        "to": last,
        "is_very_responsive": is_very_responsive(rate, time),
        "response_rate": rate.value,
        "response_time_seconds": None if median is None else int(median.total_seconds()),
        "n": rate.n,
        "pending": rate.pending,
        "is_final": _is_final(readings),
        "definition": BADGE_DEFINITION,
    }


def _day(day: str, readings: Sequence[Reading]) -> dict[str, Any]:
    return {
        "day": day,
        "is_final": _is_final(readings),
        "readings": {
            reading.metric: _document(
                Result(reading.value, reading.n, reading.pending),
                unit=reading.unit,
                definition=reading.definition,
            )
            for reading in readings
        },
    }


def _shown(metric: Metric, result: Result) -> dict[str, Any]:
    return _document(result, unit=metric.unit, definition=metric.definition)


def _document(result: Result, *, unit: str, definition: str) -> dict[str, Any]:
    return {
        "value": result.value,
        "n": result.n,
        "pending": result.pending,
        "unit": str(unit),
        "definition": definition,
    }


def _in_order(readings: Iterable[Reading]) -> list[Reading]:
    """By day; of several definitions of a metric the one of this build comes last, and is shown."""
    current = {(metric.name, metric.definition) for metric in METRICS}
    return sorted(readings, key=lambda r: (r.day, (r.metric, r.definition) in current))


def _day_of(reading: Reading) -> str:
    return reading.day


def _is_final(readings: Sequence[Reading]) -> bool:
    return bool(readings) and all(reading.is_final for reading in readings)


def _days_before(day: str, number: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=number)).isoformat()
