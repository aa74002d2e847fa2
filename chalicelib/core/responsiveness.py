"""The badge "very responsive", as Meta's pages showed it, from either family of metrics.

Meta's help text, quoted by several, read 2026-11: at least 90 % answered, and a response time under
15 minutes. Sources disagree on the kind of average and on the days. The operational badge is the
median over the last 7 days; the page badge follows `page_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from chalicelib.core.metrics import Reading, Result, is_of, page_response_time, total
from chalicelib.core.metrics.page_response_rate import METRIC as PAGE_RATE
from chalicelib.core.metrics.page_response_time import METRIC as PAGE_TIME
from chalicelib.core.page_rules import PageRule

BADGE_DAYS = 7
BADGE_DEFINITION = "2"
RATE_FROM = 0.9
TIME_BELOW = timedelta(minutes=15)


class PageFigures(Struct, frozen=True, kw_only=True):
    """What the page metric says. `first` to `last` are the days looked at, None where no
    conversation counts; `is_last_few`: fewer than the rule wants fell into its days, so the last
    ones of whatever day were taken."""

    rate: Result
    time: Result
    first: str | None = None
    last: str | None = None
    is_last_few: bool = False
    is_final: bool = False


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


def has_page_badge(figures: PageFigures, rule: PageRule) -> bool | None:
    """Whether the page metric earns the badge; None when no conversation counts."""
    rate, seconds = figures.rate.value, figures.time.value
    if not isinstance(rate, int | float):
        return None
    is_fast = isinstance(seconds, int) and timedelta(seconds=seconds) < rule.time_below
    return rate >= rule.rate_from and is_fast


def page_figures(newest_first: Iterable[Reading], rule: PageRule) -> PageFigures:
    """The page metric as of the first of these readings; no more of them are taken than it needs.
    Its days end with that of the last counted conversation."""
    taken = tuple(_needed(newest_first, rule))
    counted = [reading for reading in taken if is_of(PAGE_RATE, reading) and reading.n]
    if not counted:
        return PageFigures(rate=total(PAGE_RATE, taken), time=Result(None, 0))
    last, first = counted[0].day, _first_day(counted[0].day, rule)
    if sum(reading.n for reading in counted if reading.day >= first) < rule.fewest:
        return _of_last_few(taken, rule)
    chosen = [reading for reading in taken if reading.day >= first]
    return PageFigures(
        rate=total(PAGE_RATE, chosen),
        time=total(PAGE_TIME, chosen),
        first=first,
        last=last,
        is_final=all(reading.is_final for reading in chosen if is_of(PAGE_RATE, reading)),
    )


def _needed(newest_first: Iterable[Reading], rule: PageRule) -> Iterator[Reading]:
    """Those of the rule's days; and before them, until there are as many conversations as it
    wants."""
    first, n = "", 0
    for reading in newest_first:
        if first and reading.day < first and n >= rule.fewest:
            return
        if is_of(PAGE_RATE, reading) and reading.n:
            first, n = first or _first_day(reading.day, rule), n + reading.n
        yield reading


def _of_last_few(newest_first: Sequence[Reading], rule: PageRule) -> PageFigures:
    rates = [reading for reading in newest_first if is_of(PAGE_RATE, reading)]
    outcomes = [(reading, seconds) for reading in rates for _, seconds in reading.latest]
    chosen = outcomes[: rule.fewest]
    answered = [seconds for _, seconds in chosen if seconds is not None]
    pending = sum(reading.pending for reading in rates)
    return PageFigures(
        rate=Result(len(answered) / len(chosen), len(chosen), pending),
        time=page_response_time.exact_of(answered),
        first=chosen[-1][0].day,
        last=chosen[0][0].day,
        is_last_few=True,
        is_final=all(reading.is_final for reading, _ in chosen),
    )


def _first_day(last: str, rule: PageRule) -> str:
    return (date.fromisoformat(last) - timedelta(days=rule.days - 1)).isoformat()
