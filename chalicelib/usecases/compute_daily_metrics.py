"""Compute the metrics of one channel's day from its facts, as often as anybody likes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.catalogue import METRICS
from chalicelib.core.day_activity import DayActivity, Run
from chalicelib.core.metrics import Reading, _answerers, compute
from chalicelib.ports import DayWanted, Runtime
from chalicelib.usecases import ask_for_metrics, gather_day


def run(channel_id: str, day: str, rt: Runtime) -> tuple[Reading, ...]:
    """Compute and store the day's readings; a rerun over the same facts stores the same. Nothing
    for an unknown channel or a day to come. A day that is not over is computed as far as it is."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        rt.log.warning("metrics_channel_unknown", channel_id=channel_id)
        return ()
    now = rt.now()
    local_day = gather_day.cut_of(day, channel, rt)
    if now < local_day.start:
        return ()
    if local_day.end <= now:
        local_day = rt.readings.keep_cut(local_day)
    facts = gather_day.run(local_day, channel, rt, now=now)
    readings = readings_of(facts)
    rt.readings.save(readings)
    rt.readings.save_answerers(channel_id, day, _answerers.compute(facts))
    rt.readings.save_run(channel_id, day, Run(now, facts.is_final))
    return readings


def readings_of(facts: DayActivity) -> tuple[Reading, ...]:
    """The readings of a day, from its facts alone."""
    return tuple(compute(metric, facts) for metric in METRICS)


def recompute(channel_id: str, first: str, last: str, rt: Runtime) -> int:
    """Ask for these days again, both included; days to come are left out. Returns how many."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        return 0
    known = min(last, channel.local_day(rt.now()))
    days = [DayWanted(channel_id, day) for day in _days(first, known)]
    return ask_for_metrics.run(days, rt)


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)
