"""The local days of a time in any zone."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import local_days
from tests import builders

START = builders.at("00:00", day="2020-03-04")
ZONES = st.sampled_from(sorted(available_timezones()))
SPANS = st.timedeltas(timedelta(), timedelta(days=3))


@given(st.timedeltas(timedelta(), timedelta(days=3660)), SPANS, SPANS, ZONES)
def test_a_moment_lies_in_one_of_the_days_whatever_the_zone(shift, span, later, zone):
    since = START + shift
    days = local_days.between(since, since + max(span, later))
    local = (since + min(span, later)).astimezone(ZoneInfo(zone))
    assert local.date().isoformat() in days


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("00:00", "01:00", ["2026-11-20", "2026-11-21"]),
        ("09:00", "10:00", ["2026-11-20", "2026-11-21", "2026-11-22"]),
        ("12:00", "13:00", ["2026-11-21", "2026-11-22"]),
    ],
)
def test_no_more_days_are_looked_at_than_some_zone_has(since, until, days):
    assert local_days.between(builders.at(since), builders.at(until)) == days
