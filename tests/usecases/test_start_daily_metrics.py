"""Which days the hourly schedule asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.day_activity import Run
from chalicelib.core.metrics import Reading
from chalicelib.ports import DayWanted, Runtime
from chalicelib.usecases import compute_asked_day, compute_daily_metrics, start_daily_metrics
from chalicelib.usecases.ask_for_metrics import DaysRefusedError
from tests import builders, fakes

BERLIN = builders.channel(time_zone="Europe/Berlin")
FIVE_PAST_MIDNIGHT = datetime(2026, 11, 21, 0, 5, tzinfo=ZoneInfo("Europe/Berlin"))
EVENING = FIVE_PAST_MIDNIGHT - timedelta(hours=3)
DAY = timedelta(days=1)


def shop(*channels: ChannelSettings, now: datetime = FIVE_PAST_MIDNIGHT) -> Runtime:
    """On its last evening a customer wrote and was not answered."""
    rt = fakes.runtime(*(channels or (BERLIN,)), now=now)
    rt.messages.record(builders.message(occurred_at=EVENING, day="2026-11-20"))
    rt.conversations.save(
        builders.conversation(
            first_contact_at=EVENING, wait_opened_at=EVENING, wait_day="2026-11-20"
        )
    )
    return rt


def asked(rt: Runtime) -> list[DayWanted]:
    """What was asked for since the last look."""
    days = rt.day_requests.days.copy()
    rt.day_requests.days.clear()
    return days


def days_asked(rt: Runtime) -> list[str]:
    return [each.day for each in asked(rt)]


def work_off(rt: Runtime) -> None:
    """What was asked for is computed."""
    days = rt.day_requests.days.copy()
    rt.day_requests.days.clear()
    for day in days:
        compute_asked_day.run(msgspec.to_builtins(day), rt)


def live_through(rt: Runtime, hours: Sequence[int]) -> tuple[Reading, ...]:
    """The schedule and its consumer run after each of these pauses; returns all readings."""
    for pause in hours:
        rt.now.advance(hours=pause)
        start_daily_metrics.run(rt)
        work_off(rt)
    return rt.readings.of_days(builders.CHANNEL, "2026-11-20", "2027-12-31")


def live_through_failing(rt: Runtime, day: str, *, nights: int) -> None:
    """So many nights in which that day's request is lost on its way."""
    for _ in range(nights):
        rt.now.advance(days=1)
        start_daily_metrics.run(rt)
        rt.day_requests.days[:] = [each for each in rt.day_requests.days if each.day != day]
        work_off(rt)


def days(first: str, last: str) -> list[str]:
    start = date.fromisoformat(first)
    count = (date.fromisoformat(last) - start).days + 1
    return [(start + number * DAY).isoformat() for number in range(count)]


def test_the_day_that_ended_is_asked_for():
    rt = shop()
    assert start_daily_metrics.run(rt) == len(rt.day_requests.days)
    assert days_asked(rt)[-1] == "2026-11-20"


def test_a_first_run_asks_for_the_provisional_days_too():
    rt = shop()
    start_daily_metrics.run(rt)
    assert days_asked(rt) == days("2026-11-13", "2026-11-20")


def test_until_another_day_has_ended_nothing_more_is_asked_for():
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    rt.now.advance(hours=23, minutes=50)
    assert start_daily_metrics.run(rt) == 0


def test_the_next_night_asks_for_the_new_day_and_the_provisional_ones():
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    rt.now.advance(days=1)
    start_daily_metrics.run(rt)
    assert days_asked(rt) == days("2026-11-14", "2026-11-21")


def test_a_final_day_is_asked_for_no_more():
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    rt.now.advance(days=8)
    start_daily_metrics.run(rt)
    work_off(rt)
    final = rt.readings.of_days(builders.CHANNEL, "2026-11-20", "2026-11-20")
    rt.now.advance(days=1)
    start_daily_metrics.run(rt)
    assert {reading.is_final for reading in final} == {True}
    assert "2026-11-20" not in days_asked(rt)


def test_a_day_that_was_computed_before_it_was_over_is_asked_for():
    rt = shop(now=EVENING)
    compute_daily_metrics.run(builders.CHANNEL, "2026-11-20", rt)
    rt.now.advance(hours=4)
    start_daily_metrics.run(rt)
    assert days_asked(rt) == ["2026-11-20"]


def test_a_gap_is_found_though_a_later_day_was_computed_by_hand():
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    rt.now.advance(days=10)
    compute_daily_metrics.run(builders.CHANNEL, "2026-11-29", rt)
    rt.now.advance(days=1)
    start_daily_metrics.run(rt)
    assert set(days("2026-11-21", "2026-11-28")) <= set(days_asked(rt))


def test_channels_end_their_day_at_different_hours():
    rt = shop(
        builders.channel(channel_id="tokyo", time_zone="Asia/Tokyo"),
        builders.channel(channel_id="denver", time_zone="America/Denver"),
    )
    start_daily_metrics.run(rt)
    latest = {each.channel_id: each.day for each in asked(rt)}
    assert latest == {"tokyo": "2026-11-20", "denver": "2026-11-19"}


def test_days_missed_in_an_outage_are_caught_up_with():
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    rt.now.advance(days=12)
    start_daily_metrics.run(rt)
    assert days_asked(rt) == days("2026-11-14", "2026-12-02")


def test_a_day_that_failed_is_asked_for_again_the_next_night():
    rt = shop()
    start_daily_metrics.run(rt)
    rt.day_requests.days.pop(3)
    work_off(rt)
    rt.now.advance(days=1)
    start_daily_metrics.run(rt)
    assert "2026-11-16" in days_asked(rt)


def test_a_day_whose_last_computation_fails_is_asked_for_on_three_more_nights():
    rt = shop()
    live_through(rt, [0, *[24] * 6])
    live_through_failing(rt, "2026-11-20", nights=3)
    rt.now.advance(days=1)
    start_daily_metrics.run(rt)
    assert "2026-11-20" in days_asked(rt)


def test_a_day_that_was_final_when_computed_is_done():
    final_at = BERLIN.day_bounds("2026-11-12")[1] + 7 * DAY
    runs = {"2026-11-12": Run(final_at, is_final=True)}
    assert "2026-11-12" not in start_daily_metrics.due_days(BERLIN, runs, FIVE_PAST_MIDNIGHT)


def test_a_long_outage_is_caught_up_with_in_bounded_steps():
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    rt.now.advance(days=200)
    assert start_daily_metrics.run(rt) == start_daily_metrics.MOST_DAYS


@pytest.mark.parametrize("skipped", range(1, 73))
def test_f22_skipped_runs_end_in_the_same_readings_as_runs_never_skipped(skipped: int):
    steady = live_through(shop(), [0, *[1] * (skipped + 1)])
    assert live_through(shop(), [0, skipped + 1]) == steady


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 72), min_size=1, max_size=8))
def test_f22_after_any_outages_no_day_is_missing(pauses: list[int]):
    rt = shop()
    start_daily_metrics.run(rt)
    work_off(rt)
    live_through(rt, pauses)
    yesterday = date.fromisoformat(BERLIN.local_day(rt.now())) - DAY
    assert set(days("2026-11-13", yesterday.isoformat())) <= set(rt.readings.runs(builders.CHANNEL))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_f22_every_day_becomes_final(pauses: list[int]):
    rt = shop()
    readings = live_through(rt, [*pauses, 24 * 10, 24, 24])
    end = rt.now() - 9 * DAY
    assert all(reading.is_final for reading in readings if reading.day < BERLIN.local_day(end))


def test_f22_a_long_outage_is_caught_up_with_in_the_end():
    rt = shop()
    live_through(rt, [1, 24 * 200, *[1] * 12])
    assert set(days("2026-11-20", "2027-06-08")) <= set(rt.readings.runs(builders.CHANNEL))


def test_f21_a_schedule_that_fires_twice_ends_in_the_same_readings():
    once, twice = shop(), shop()
    start_daily_metrics.run(once)
    start_daily_metrics.run(twice)
    start_daily_metrics.run(twice)
    work_off(once)
    work_off(twice)
    period = (builders.CHANNEL, "2026-11-01", "2026-11-30")
    assert twice.readings.of_days(*period) == once.readings.of_days(*period)


def test_f20_the_day_a_week_before_a_short_one_becomes_final_a_night_later():
    # 2026-03-29 has 23 hours in Berlin, so midnight comes an hour before seven days are over.
    rt = shop(now=datetime(2026, 3, 23, 0, 5, tzinfo=ZoneInfo("Europe/Berlin")))
    live_through(rt, [0, *[1] * 7 * 24])
    first_night = rt.readings.of_days(builders.CHANNEL, "2026-03-22", "2026-03-22")
    live_through(rt, [1] * 24)
    second_night = rt.readings.of_days(builders.CHANNEL, "2026-03-22", "2026-03-22")
    assert {reading.is_final for reading in first_night} == {False}
    assert {reading.is_final for reading in second_night} == {True}


def test_f26_a_run_whose_requests_are_refused_in_part_fails():
    rt = shop()
    rt.day_requests.refusing.append((2,))
    with pytest.raises(DaysRefusedError, match="1 of 8 days"):
        start_daily_metrics.run(rt)


def test_without_channels_there_is_nothing_to_do():
    assert start_daily_metrics.run(fakes.runtime(now=FIVE_PAST_MIDNIGHT)) == 0
