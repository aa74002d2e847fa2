"""Periods of a report and the ones before them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import periods

DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-W47", "2026-11-16", "2026-11-22"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
    ],
)
def test_a_week_is_that_of_iso(text: str, first: str, last: str):
    week = periods.week(text)
    assert (week.first, week.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["2027-W53", "2026-W00", "2026-W1", "2026W47", "2026-W471", "+026-W47", "", "2026-11"]
)
def test_what_is_no_week_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        periods.week(text)


@pytest.mark.parametrize(
    ("text", "last"),
    [("2026-11", "2026-11-30"), ("2028-02", "2028-02-29"), ("2026-12", "2026-12-31")],
)
def test_a_month_is_that_of_the_calendar(text: str, last: str):
    month = periods.month(text)
    assert (month.first, month.last) == (f"{text}-01", last)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "202611", "2026-11-01", ""])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        periods.month(text)


def test_before_a_week_is_the_week_before():
    assert periods.before(periods.week("2026-W01")) == periods.week("2025-W52")


def test_before_a_month_is_the_month_before_however_long():
    assert periods.before(periods.month("2026-03")) == periods.month("2026-02")


@given(DAYS, st.integers(0, 366))
def test_before_days_are_as_many_right_before(first: date, more: int):
    period = periods.days(first.isoformat(), (first + timedelta(days=more)).isoformat())
    before = periods.before(period)
    assert before.length == period.length
    assert before.last == (first - timedelta(days=1)).isoformat()


@given(DAYS)
def test_months_follow_one_another_without_a_gap(day: date):
    month = periods.month(f"{day:%Y-%m}")
    following = (date.fromisoformat(month.last) + timedelta(days=1)).isoformat()
    assert periods.before(periods.month(following[:7])) == month
