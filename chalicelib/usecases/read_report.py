"""Read how responsive a channel was, from its stored readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from chalicelib.catalogue import METRICS
from chalicelib.core import periods
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.comparison import change
from chalicelib.core.metrics import Metric, Reading, Result, is_of, total
from chalicelib.core.metrics.page_response_rate import METRIC as PAGE_RATE
from chalicelib.core.metrics.response_rate import METRIC as RESPONSE_RATE
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.page_rules import rule_for
from chalicelib.core.periods import Period
from chalicelib.core.responsiveness import (
    BADGE_DAYS,
    BADGE_DEFINITION,
    has_page_badge,
    is_very_responsive,
    median_of,
    page_figures,
)
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel

# How far back the page metric looks for conversations, when there were fewer than it wants.
PAGE_LOOK_BACK_DAYS = 366


def responsiveness(channel_id: str, period: Period, rt: Runtime) -> dict[str, Any]:
    """The days of the period that were computed, their totals, those of the period before, and both
    badges as of its last day. Totals are made of the days' counts, never of their values. Raises
    NotFound."""
    # gather
    channel = read_channel.run(channel_id, rt)
    before = periods.before(period)
    badge_first = _days_before(period.last, BADGE_DAYS - 1)
    known = rt.readings.of_days(channel_id, min(before.first, badge_first), period.last)
    # decide
    chosen, compared = _within(period, known), _within(before, known)
    totals, totals_before = _totals(chosen), _totals(compared)
    return {
        "channel_id": channel_id,
        "time_zone": channel.time_zone,
        "period": period.kind.value,
        "from": period.first,
        "to": period.last,
        "days": [_day(day, list(of_day)) for day, of_day in groupby(_in_order(chosen), _day_of)],
        "totals": _documents(totals),
        "pending": totals[RESPONSE_RATE.name].pending,
        "is_final": _is_final(chosen),
        "before": {
            "from": before.first,
            "to": before.last,
            "totals": _documents(totals_before),
            "pending": totals_before[RESPONSE_RATE.name].pending,
            "is_final": _is_final(compared),
        },
        "change": {
            name: change(result.value, totals_before[name].value) for name, result in totals.items()
        },
        "badge": _badge(badge_first, period.last, known),
        "page_badge": _page_badge(channel, period.last, rt),
    }


def document(result: Result, *, unit: str, definition: str) -> dict[str, Any]:
    """A value as the API shows it."""
    return {
        "value": result.value,
        "n": result.n,
        "pending": result.pending,
        "unit": str(unit),
        "definition": definition,
        "exact": result.relative_error is None,
        "relative_error": result.relative_error,
    }


def _totals(readings: Sequence[Reading]) -> dict[str, Result]:
    return {metric.name: total(metric, readings) for metric in METRICS}


def _documents(totals: dict[str, Result]) -> dict[str, Any]:
    return {metric.name: _shown(metric, totals[metric.name]) for metric in METRICS}


def _badge(first: str, last: str, known: Sequence[Reading]) -> dict[str, Any]:
    readings = [reading for reading in known if first <= reading.day <= last]
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
        "exact": time.relative_error is None,
        "relative_error": time.relative_error,
    }


def _page_badge(channel: ChannelSettings, last: str, rt: Runtime) -> dict[str, Any]:
    rule = rule_for(channel.page_metric_days, date.fromisoformat(last))
    furthest = _days_before(last, PAGE_LOOK_BACK_DAYS - 1)
    figures = page_figures(rt.readings.newest_first(channel.channel_id, furthest, last), rule)
    return {
        "from": figures.first,
        "to": figures.last,
        "days": rule.days,
        "is_last_few": figures.is_last_few,
        "is_very_responsive": has_page_badge(figures, rule),
        "response_rate": figures.rate.value,
        "response_time_seconds": figures.time.value,
        "n": figures.rate.n,
        "pending": figures.rate.pending,
        "is_final": figures.is_final,
        "definition": PAGE_RATE.definition,
        "exact": figures.time.relative_error is None,
        "relative_error": figures.time.relative_error,
    }


def _day(day: str, readings: Sequence[Reading]) -> dict[str, Any]:
    return {
        "day": day,
        "is_final": _is_final(readings),
        "readings": {
            reading.metric: document(
                Result(reading.value, reading.n, reading.pending),
                unit=reading.unit,
                definition=reading.definition,
            )
            for reading in readings
        },
    }


def _shown(metric: Metric, result: Result) -> dict[str, Any]:
    return document(result, unit=metric.unit, definition=metric.definition)


def _within(period: Period, readings: Iterable[Reading]) -> list[Reading]:
    return [reading for reading in readings if period.first <= reading.day <= period.last]


def _in_order(readings: Iterable[Reading]) -> list[Reading]:
    """By day; of several definitions of a metric the one of this build comes last, and is shown."""
    return sorted(readings, key=lambda r: (r.day, any(is_of(metric, r) for metric in METRICS)))


def _day_of(reading: Reading) -> str:
    return reading.day


def _is_final(readings: Sequence[Reading]) -> bool:
    """Readings of definitions that this build no longer has are not computed any more."""
    current = [r for r in readings if any(is_of(metric, r) for metric in METRICS)]
    return bool(readings) and all(reading.is_final for reading in current or readings)


def _days_before(day: str, number: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=number)).isoformat()
