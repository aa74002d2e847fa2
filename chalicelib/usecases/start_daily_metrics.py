"""The hourly schedule: find the channels whose local day has ended, and ask for its metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.day_activity import FINAL_AFTER, Run
from chalicelib.ports import DayWanted, Runtime
from chalicelib.usecases import ask_for_metrics

# After a long outage each run asks for this many days of a channel, the oldest first: what is asked
# for is computed all at once, and other functions need some of the account's concurrency too.
MOST_DAYS = 20
# Days that were missed, or whose computation failed, are found again so far back; after a longer
# outage the search goes on where the last computed day was.
LOOK_BACK = timedelta(days=70)

_ONE_DAY = timedelta(days=1)


def run(rt: Runtime) -> int:
    """Ask for every day that is due and return how many. Running twice, late, or after missed runs
    ends in the same readings. Raises DaysRefusedError, so that the schedule tries again."""
    now = rt.now()
    due = [
        DayWanted(channel.channel_id, day)
        for channel in rt.channels.all()
        for day in due_days(channel, _runs(channel, now, rt), now)
    ]
    return ask_for_metrics.run(due, rt)


def due_days(channel: ChannelSettings, runs: Mapping[str, Run], now: datetime) -> list[str]:
    """Nothing until a day has ended that was not computed yet; then that day, those missed before
    it, and those last computed while they were provisional. `runs`: the days computed within
    `LOOK_BACK`, or else the latest ten."""
    yesterday = _yesterday(channel, now)
    last_run = runs.get(yesterday.isoformat())
    if last_run and last_run.at >= channel.day_bounds(yesterday.isoformat())[1]:
        return []
    first = _first(runs, yesterday)
    return [day for day in _days(first, yesterday) if _is_due(day, runs)][:MOST_DAYS]


def _runs(channel: ChannelSettings, now: datetime, rt: Runtime) -> dict[str, Run]:
    since = _yesterday(channel, now) - LOOK_BACK
    return rt.readings.runs(channel.channel_id, since=since.isoformat())


def _yesterday(channel: ChannelSettings, now: datetime) -> date:
    return date.fromisoformat(channel.local_day(now)) - _ONE_DAY


def _first(runs: Mapping[str, Run], yesterday: date) -> date:
    if not runs:
        return yesterday - FINAL_AFTER
    return min(date.fromisoformat(min(runs)), yesterday)


def _is_due(day: str, runs: Mapping[str, Run]) -> bool:
    return day not in runs or not runs[day].is_final


def _days(first: date, last: date) -> Iterator[str]:
    for number in range((last - first).days + 1):
        yield (first + number * _ONE_DAY).isoformat()
