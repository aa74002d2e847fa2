"""What a change of the channel's zone or opening hours does to its days."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from chalicelib.core.business_hours import WEEKDAYS, OpeningHours, Span
from chalicelib.core.channel import AutomaticReply, ChannelSettings
from chalicelib.core.messages import Author
from chalicelib.core.metrics import Reading
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_asked_day, compute_daily_metrics, start_daily_metrics
from tests import builders, fakes
from tests.usecases.stories import Happening, happen

HOUR = timedelta(hours=1)
START = builders.at("00:00", day="2026-11-20")
CHANGE = builders.at("12:00", day="2026-11-22")


def live(rt: Runtime, before: ChannelSettings, after: ChannelSettings) -> None:
    """Each hour of five days somebody new writes and is answered, and the schedule runs; half-way
    the settings change. Then ten quiet days."""
    rt.channels.save(before)
    for hour in range(5 * 24):
        rt.now.at = START + hour * HOUR
        if rt.now() == CHANGE:
            rt.channels.save(after)
        channel = rt.channels.load(builders.CHANNEL)
        happen(Happening(Author.CUSTOMER, f"c{hour}", hour), channel, rt.now(), rt)
        happen(Happening(Author.PERSON_NATIVE, f"c{hour}", 1000 + hour), channel, _soon(rt), rt)
        night(rt)
    for _ in range(10 * 24):
        rt.now.advance(hours=1)
        night(rt)


def _soon(rt: Runtime) -> datetime:
    return rt.now() + timedelta(minutes=5)


def night(rt: Runtime) -> None:
    start_daily_metrics.run(rt)
    days = rt.day_requests.days.copy()
    rt.day_requests.days.clear()
    for day in days:
        compute_asked_day.run(msgspec.to_builtins(day), rt)


def readings(rt: Runtime, metric: str) -> list[Reading]:
    known = rt.readings.of_days(builders.CHANNEL, "2026-11-01", "2026-12-31")
    return [reading for reading in known if reading.metric == metric]


ONCE = ["response_rate", "new_contacts", "conversations_started", "page_response_rate"]
ZONES = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/Denver"]


@pytest.mark.parametrize("after", ZONES)
@pytest.mark.parametrize("before", ZONES)
def test_f20_through_a_change_of_zone_everything_counts_once(before: str, after: str):
    rt = fakes.runtime(now=START)
    live(rt, builders.channel(time_zone=before), builders.channel(time_zone=after))
    counted = {name: sum(reading.n for reading in readings(rt, name)) for name in ONCE}
    assert counted == dict.fromkeys(ONCE, 5 * 24)


CUSTOMER, PERSON = Author.CUSTOMER, Author.PERSON_NATIVE
# What happens so many minutes from the change, and after how many seconds the one is answered.
AROUND = {
    "answered after it": ([(-10, CUSTOMER), (10, PERSON)], 20 * 60),
    "written to again after it": ([(-10, CUSTOMER), (10, CUSTOMER), (20, PERSON)], 30 * 60),
    "answered before it": ([(-20, CUSTOMER), (-10, PERSON), (10, CUSTOMER)], 10 * 60),
    "begun on the evening before": ([(-90, CUSTOMER), (-10, PERSON), (10, CUSTOMER)], 80 * 60),
    "begun long ago": ([(-90, CUSTOMER), (-10, CUSTOMER), (10, PERSON)], 100 * 60),
}


@pytest.mark.parametrize("story", AROUND)
def test_f20_a_conversation_at_a_change_to_the_day_before_counts_once(story: str):
    told, seconds = AROUND[story]
    istanbul, utc = builders.channel(time_zone="Europe/Istanbul"), builders.channel(time_zone="UTC")
    change = builders.at("22:00", day="2026-11-21")  # one o'clock on the 22nd in Istanbul
    rt = fakes.runtime(istanbul, now=change)
    for minutes, author in told:
        if minutes > 0:
            rt.channels.save(utc)
        at = change + timedelta(minutes=minutes)
        happen(Happening(author, "ayse", minutes), rt.channels.load(builders.CHANNEL), at, rt)
    rt.now.advance(days=10)
    for day in ("2026-11-21", "2026-11-22"):
        compute_daily_metrics.run(builders.CHANNEL, day, rt)
    counted = {name: sum(reading.n for reading in readings(rt, name)) for name in ONCE[1:]}
    times = [reading.value for reading in readings(rt, "page_response_time") if reading.n]
    assert (counted, times) == (dict.fromkeys(ONCE[1:], 1), [seconds])


def test_f20_a_conversation_at_a_change_to_the_day_ahead_counts_once():
    seoul = builders.channel(time_zone="Asia/Seoul")
    change = builders.at("17:00", day="2026-11-22")  # noon in New York: the 23rd in Seoul
    rt = fakes.runtime(builders.channel(time_zone="America/New_York"), now=change - 11 * HOUR)
    night(rt)
    for hours in (-13, 1):
        if hours > 0:
            rt.channels.save(seoul)
        at = change + hours * HOUR
        happen(Happening(CUSTOMER, "ayse", hours), rt.channels.load(builders.CHANNEL), at, rt)
    rt.now.at = change + 10 * 24 * HOUR
    for day in ("2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"):
        compute_daily_metrics.run(builders.CHANNEL, day, rt)
    counted = {name: sum(reading.n for reading in readings(rt, name)) for name in ONCE[1:]}
    assert counted == dict.fromkeys(ONCE[1:], 1)


@pytest.mark.parametrize("after", ZONES)
def test_f20_through_a_change_of_zone_every_day_becomes_final(after: str):
    rt = fakes.runtime(now=START)
    live(rt, builders.channel(time_zone="Europe/Berlin"), builders.channel(time_zone=after))
    told = [reading for reading in readings(rt, "messages") if reading.n]
    assert {reading.is_final for reading in told} == {True}


def test_a_day_keeps_the_bounds_with_which_it_was_computed():
    rt = fakes.runtime(builders.channel(time_zone="Europe/Berlin"), now=CHANGE)
    compute_daily_metrics.run(builders.CHANNEL, "2026-11-21", rt)
    first = rt.readings.cut(builders.CHANNEL, "2026-11-21")
    rt.channels.save(builders.channel(time_zone="Pacific/Kiritimati"))
    compute_daily_metrics.run(builders.CHANNEL, "2026-11-21", rt)
    assert rt.readings.cut(builders.CHANNEL, "2026-11-21") == first


def away_at_night(**facts: object) -> ChannelSettings:
    hours = OpeningHours(**{day: (Span("08:00", "18:00"),) for day in WEEKDAYS})
    return builders.channel(
        time_zone="UTC", hours=hours, away_message=AutomaticReply(is_on=True), **facts
    )


def left_out(rt: Runtime) -> int:
    compute_daily_metrics.run(builders.CHANNEL, "2026-11-21", rt)
    (reading,) = readings(rt, "page_response_rate")
    return reading.counts["left_out"]


@pytest.mark.parametrize(
    ("clock", "expected"), [("07:59:59", 1), ("08:00", 0), ("17:59:59", 0), ("18:00", 1)]
)
def test_who_writes_while_the_business_is_away_is_left_out_of_the_page_metric(
    clock: str, expected: int
):
    rt = fakes.runtime(away_at_night(), now=builders.at(day="2026-11-24"))
    happen(Happening(Author.CUSTOMER, "ayse", 0), away_at_night(), builders.at(clock), rt)
    assert left_out(rt) == expected


def test_without_hours_nobody_is_away():
    channel = builders.channel(time_zone="UTC", away_message=AutomaticReply(is_on=True))
    rt = fakes.runtime(channel, now=builders.at(day="2026-11-24"))
    happen(Happening(Author.CUSTOMER, "ayse", 0), channel, builders.at("23:00"), rt)
    assert left_out(rt) == 0


def test_closed_without_an_away_message_is_not_away():
    channel = builders.channel(time_zone="UTC", hours=OpeningHours())
    rt = fakes.runtime(channel, now=builders.at(day="2026-11-24"))
    happen(Happening(Author.CUSTOMER, "ayse", 0), channel, builders.at("23:00"), rt)
    assert left_out(rt) == 0


def test_hours_that_change_later_do_not_change_a_day_that_was_computed():
    rt = fakes.runtime(away_at_night(), now=builders.at(day="2026-11-24"))
    happen(Happening(Author.CUSTOMER, "ayse", 0), away_at_night(), builders.at("23:00"), rt)
    first = left_out(rt)
    rt.channels.save(builders.channel(time_zone="UTC"))
    assert (first, left_out(rt)) == (1, 1)
