"""Quiet hours: when a notification to many may go out, on the channel's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.quiet_hours import QuietHours, next_allowed, problems

NIGHT = QuietHours(starts="21:00", ends="08:00")
NAP = QuietHours(starts="13:00", ends="14:30")
BERLIN = ZoneInfo("Europe/Berlin")
SEOUL = ZoneInfo("Asia/Seoul")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "at", "allowed"),
    [
        (NIGHT, "2026-11-21T20:59:59", "2026-11-21T20:59:59"),
        (NIGHT, "2026-11-21T21:00", "2026-11-22T08:00"),
        (NIGHT, "2026-11-22T03:00", "2026-11-22T08:00"),
        (NIGHT, "2026-11-22T07:59:59", "2026-11-22T08:00"),
        (NIGHT, "2026-11-22T08:00", "2026-11-22T08:00"),
        (NAP, "2026-11-21T12:59:59", "2026-11-21T12:59:59"),
        (NAP, "2026-11-21T13:00", "2026-11-21T14:30"),
        (NAP, "2026-11-21T23:00", "2026-11-21T23:00"),
        (None, "2026-11-22T03:00", "2026-11-22T03:00"),
    ],
)
@pytest.mark.parametrize("zone", [BERLIN, SEOUL], ids=str)
def test_a_time_in_the_quiet_hours_waits_for_their_end(quiet, at, allowed, zone):
    assert next_allowed(quiet, zone, moment(at, zone)) == moment(allowed, zone)


def test_an_end_that_summer_time_skips_is_the_end_of_the_gap():
    quiet = QuietHours(starts="21:00", ends="02:30")
    at = moment("2026-03-29T01:00", BERLIN)
    assert next_allowed(quiet, BERLIN, at) == moment("2026-03-29T03:00", BERLIN)


@given(
    at=st.integers(0, 366 * 24 * 3600).map(lambda seconds: NEW_YEAR + timedelta(seconds=seconds)),
    zone=st.sampled_from([BERLIN, SEOUL, ZoneInfo("America/New_York")]),
)
def test_what_was_postponed_once_is_not_postponed_again(at, zone):
    allowed = next_allowed(NIGHT, zone, at)
    assert next_allowed(NIGHT, zone, allowed) == allowed
    assert timedelta() <= allowed - at <= timedelta(hours=12)


def test_hours_of_no_length_are_named():
    wrong = QuietHours(starts="21:00", ends="21:00")
    assert list(problems(wrong)) == [("quiet_hours.ends", "another time than starts")]
