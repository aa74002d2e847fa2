"""Compute the metrics of one channel's day from its facts, as often as anybody likes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chalicelib.catalogue import METRICS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.day_activity import DayActivity, LocalDay, acting_contacts, activity
from chalicelib.core.messages import MessageFact
from chalicelib.core.metrics import Reading, compute
from chalicelib.core.waits import EPISODE_SILENCE
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_for_metrics
from chalicelib.usecases.ask_for_metrics import DayWanted


def run(channel_id: str, day: str, rt: Runtime) -> tuple[Reading, ...]:
    """Compute and store the day's readings; a rerun over the same facts stores the same. Nothing
    for an unknown channel or a day to come. A day that is not over yet does not count as done."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        rt.log.warning("metrics_channel_unknown", channel_id=channel_id)
        return ()
    local_day = LocalDay(channel_id, day, *channel.day_bounds(day))
    now = rt.now()
    if now < local_day.start:
        return ()
    facts = _gather(local_day, channel, now, rt)
    readings = tuple(compute(metric, facts) for metric in METRICS)
    rt.readings.save(readings)
    if local_day.end <= now:
        rt.readings.save_run(channel_id, day, now)
    return readings


def recompute(channel_id: str, first: str, last: str, rt: Runtime) -> int:
    """Ask for these days again, both included; days to come are left out. Returns how many."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        return 0
    known = min(last, channel.local_day(rt.now()))
    days = [DayWanted(channel_id, day) for day in _days(first, known)]
    return ask_for_metrics.run(days, rt)


def _gather(
    local_day: LocalDay, channel: ChannelSettings, now: datetime, rt: Runtime
) -> DayActivity:
    messages = rt.messages.of_day(local_day.channel_id, local_day.day)
    return activity(
        local_day,
        now=now,
        waits=(
            *rt.conversations.open_waits(local_day.channel_id, local_day.day),
            *rt.waits.of_day(local_day.channel_id, local_day.day),
        ),
        messages=messages,
        earlier=_earlier(local_day, channel, rt) if messages else (),
        first_contacts=rt.conversations.first_contacts(acting_contacts(messages)),
    )


def _earlier(local_day: LocalDay, channel: ChannelSettings, rt: Runtime) -> tuple[MessageFact, ...]:
    """The facts of the days in which the silence before this day's first message would lie."""
    yesterday = date.fromisoformat(local_day.day) - timedelta(days=1)
    first = channel.local_day(local_day.start - EPISODE_SILENCE)
    return tuple(
        fact
        for day in _days(first, yesterday.isoformat())
        for fact in rt.messages.of_day(local_day.channel_id, day)
    )


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)
