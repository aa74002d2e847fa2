"""Read how responsive a channel was, from its stored readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from chalicelib.catalogue import METRICS
from chalicelib.core import periods
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.comparison import Change, change
from chalicelib.core.metrics import Reading, Result, is_of, total
from chalicelib.core.metrics.page_response_rate import METRIC as PAGE_RATE
from chalicelib.core.metrics.response_rate import METRIC as RESPONSE_RATE
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.page_rules import rule_for
from chalicelib.core.periods import Period
from chalicelib.core.report import (
    Badge,
    DayFigures,
    Figure,
    PageBadge,
    PeriodFigures,
    Report,
    figure,
    figure_of,
)
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


def responsiveness(channel_id: str, period: Period, rt: Runtime) -> Report:
    """The days of the period that were computed, their totals, those of the period before, and both
    badges as of its last day. Totals are made of the days' counts, never of their values. Raises
    NotFound."""
    # gather
    channel = read_channel.run(channel_id, rt)
    earlier = periods.before(period)
    first = min(earlier.first, _days_before(period.last, BADGE_DAYS - 1))
    known = rt.readings.of_days(channel_id, first, period.last)
    # decide
    now, before = _figures(period, known), _figures(earlier, known)
    chosen = _in_order(_within(period, known))
    return Report(
        channel_id=channel_id,
        time_zone=channel.time_zone,
        period=period.kind,
        first=period.first,
        last=period.last,
        days=[_day(day, list(of_day)) for day, of_day in groupby(chosen, _day_of)],
        totals=now.totals,
        pending=now.pending,
        is_final=now.is_final,
        before=before,
        change=_changes(now.totals, before.totals),
        badge=_badge(period.last, known),
        page_badge=_page_badge(channel, period.last, rt),
    )


def _figures(period: Period, known: Sequence[Reading]) -> PeriodFigures:
    readings = _within(period, known)
    totals = {metric.name: figure(metric, total(metric, readings)) for metric in METRICS}
    return PeriodFigures(
        first=period.first,
        last=period.last,
        totals=totals,
        pending=totals[RESPONSE_RATE.name].pending,
        is_final=_is_final(readings),
    )


def _changes(now: dict[str, Figure], before: dict[str, Figure]) -> dict[str, Change]:
    return {name: change(each.value, before[name].value, each.unit) for name, each in now.items()}


def _badge(last: str, known: Sequence[Reading]) -> Badge:
    first = _days_before(last, BADGE_DAYS - 1)
    readings = _within(periods.days(first, last), known)
    rate, time = total(RESPONSE_RATE, readings), total(RESPONSE_TIME, readings)
    median = median_of(time)
    return Badge(
        first=first,
        last=last,
        is_very_responsive=is_very_responsive(rate, time),
        response_rate=_number(rate),
        response_time_seconds=None if median is None else int(median.total_seconds()),
        n=rate.n,
        pending=rate.pending,
        is_final=_is_final(readings),
        definition=BADGE_DEFINITION,
        exact=time.relative_error is None,
        relative_error=time.relative_error,
    )


def _page_badge(channel: ChannelSettings, last: str, rt: Runtime) -> PageBadge:
    rule = rule_for(channel.page_metric_days, date.fromisoformat(last))
    furthest = _days_before(last, PAGE_LOOK_BACK_DAYS - 1)
    figures = page_figures(rt.readings.newest_first(channel.channel_id, furthest, last), rule)
    seconds = figures.time.value
    return PageBadge(
        first=figures.first,
        last=figures.last,
        days=rule.days,
        is_last_few=figures.is_last_few,
        is_very_responsive=has_page_badge(figures, rule),
        response_rate=_number(figures.rate),
        response_time_seconds=seconds if isinstance(seconds, int) else None,
        n=figures.rate.n,
        pending=figures.rate.pending,
        is_final=figures.is_final,
        definition=PAGE_RATE.definition,
        exact=figures.time.relative_error is None,
        relative_error=figures.time.relative_error,
    )


def _number(result: Result) -> float | None:
    return result.value if isinstance(result.value, int | float) else None


def _day(day: str, readings: Sequence[Reading]) -> DayFigures:
    return DayFigures(
        day=day,
        is_final=_is_final(readings),
        readings={reading.metric: figure_of(reading) for reading in readings},
    )


def _within(period: Period, readings: Iterable[Reading]) -> list[Reading]:
    return [reading for reading in readings if period.first <= reading.day <= period.last]


def _in_order(readings: Iterable[Reading]) -> list[Reading]:
    """By day; of several definitions of a metric the one of this build comes last, and is shown."""
    return sorted(readings, key=lambda reading: (reading.day, _is_current(reading)))


def _is_current(reading: Reading) -> bool:
    return any(is_of(metric, reading) for metric in METRICS)


def _day_of(reading: Reading) -> str:
    return reading.day


def _is_final(readings: Sequence[Reading]) -> bool:
    """Readings of definitions that this build no longer has are not computed any more."""
    current = [reading for reading in readings if _is_current(reading)]
    return bool(readings) and all(reading.is_final for reading in current or readings)


def _days_before(day: str, number: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=number)).isoformat()
