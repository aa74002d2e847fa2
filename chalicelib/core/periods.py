"""Periods of a report: days, ISO weeks and months, and the one before each for comparison."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

_ONE_DAY = timedelta(days=1)
_WEEK, _MONTH = re.compile(r"[0-9]{4}-W[0-9]{2}"), re.compile(r"[0-9]{4}-[0-9]{2}")


class Kind(StrEnum):
    DAYS = "days"
    WEEK = "week"
    MONTH = "month"


class Period(Struct, frozen=True):
    """Local days from `first` to `last`, both included, ISO."""

    kind: Kind
    first: str
    last: str

    @property
    def length(self) -> int:
        """In days."""
        return (_date(self.last) - _date(self.first)).days + 1


def days(first: str, last: str) -> Period:
    return Period(Kind.DAYS, first, last)


def week(text: str) -> Period:
    """The ISO week, Monday to Sunday, of a text such as 2026-W47. Raises ValueError."""
    if not _WEEK.fullmatch(text):
        raise ValueError("week")
    monday = date.fromisocalendar(int(text[:4]), int(text[-2:]), 1)
    return Period(Kind.WEEK, monday.isoformat(), (monday + 6 * _ONE_DAY).isoformat())


def month(text: str) -> Period:
    """The month of a text such as 2026-11. Raises ValueError."""
    if not _MONTH.fullmatch(text):
        raise ValueError("month")
    return _month_of(date.fromisoformat(f"{text}-01"))


def before(period: Period) -> Period:
    """The period of equal length right before; of a month the month before, however long."""
    last = _date(period.first) - _ONE_DAY
    if period.kind is Kind.MONTH:
        return _month_of(last)
    first = last - (period.length - 1) * _ONE_DAY
    return Period(period.kind, first.isoformat(), last.isoformat())


def _month_of(day: date) -> Period:
    first = day.replace(day=1)
    following = (first + 31 * _ONE_DAY).replace(day=1)
    return Period(Kind.MONTH, first.isoformat(), (following - _ONE_DAY).isoformat())


def _date(day: str) -> date:
    return date.fromisoformat(day)
