"""The period that a report is asked for: days, or a week or month of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from chalicelib.api.values import Day, Id
from chalicelib.core import periods
from chalicelib.core.periods import Period
from chalicelib.usecases.errors import InvalidInput

LONGEST_PERIOD = timedelta(days=366)
FROM_TO = {"first": "from", "last": "to"}
_EARLIEST = date(2000, 1, 1)
_DAY = "a day of this century such as 2026-11-21"


class CalendarPeriod(StrEnum):
    WEEK = "week"
    MONTH = "month"


class PeriodQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=FROM_TO):
    """Either `from` and `to`, or a `period` and `of` which: 2026-W47 or 2026-11."""

    channel_id: Id
    first: Day | None = None
    last: Day | None = None
    period: CalendarPeriod | None = None
    of: str | None = None


def period_of(query: PeriodQuery) -> Period:
    """The period that the query names. Raises InvalidInput."""
    if query.period is None and query.of is None:
        return days_of(query.first, query.last)
    if query.first or query.last:
        raise InvalidInput("period", "nothing beside `from` and `to`")
    if query.period is None:
        raise InvalidInput("period", "week or month")
    return _named(query.period, query.of or "")


def days_of(first: date | None, last: date | None) -> Period:
    """These days, both included. Raises InvalidInput."""
    if first is None or first < _EARLIEST:
        raise InvalidInput("from", _DAY)
    if last is None:
        raise InvalidInput("to", _DAY)
    if last < first:
        raise InvalidInput("to", "a day not before `from`")
    if last - first > LONGEST_PERIOD:
        raise InvalidInput("to", f"a day at most {LONGEST_PERIOD.days} days after `from`")
    return periods.days(first.isoformat(), last.isoformat())


def _named(period: CalendarPeriod, text: str) -> Period:
    read, expected = {
        CalendarPeriod.WEEK: (periods.week, "a week of this century such as 2026-W47"),
        CalendarPeriod.MONTH: (periods.month, "a month of this century such as 2026-11"),
    }[period]
    try:
        found = read(text)
    except (ValueError, OverflowError) as error:  # the latter: it would end after the year 9999
        raise InvalidInput("of", expected) from error
    if found.first < _EARLIEST.isoformat():
        raise InvalidInput("of", expected)
    return found
