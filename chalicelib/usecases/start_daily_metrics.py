"""The hourly schedule: find the channels whose local day has ended, and ask for its metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.day_activity import FINAL_AFTER, LocalDay
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_for_metrics
from chalicelib.usecases.ask_for_metrics import DayWanted

# After a long outage each run asks for this many days of a channel, the oldest first.
MOST_DAYS = 60

_ONE_DAY = timedelta(days=1)
# A day whose last computation failed stays in reach for three more nights.
_LOOK_BACK = FINAL_AFTER + 2 * _ONE_DAY


def run(rt: Runtime) -> int:
    """Ask for every day that is due and return how many. Running twice, late, or after missed runs
    ends in the same readings. Raises QueueRefusedError, so that the schedule tries again."""
    now = rt.now()
    due = [
        DayWanted(channel.channel_id, day)
        for channel in rt.channels.all()
        for day in due_days(channel, rt.readings.runs(channel.channel_id), now)
    ]
    return ask_for_metrics.run(due, rt)


def due_days(channel: ChannelSettings, runs: Mapping[str, datetime], now: datetime) -> list[str]:
    """Nothing until a day has ended that was not computed yet; then that day, those missed before
    it, and those last computed while they were provisional. `runs`: day -> last computed."""
    yesterday = date.fromisoformat(channel.local_day(now)) - _ONE_DAY
    if yesterday.isoformat() in runs:
        return []
    first = _first(runs, yesterday)
    return [day for day in _days(first, yesterday) if _is_due(channel, day, runs)][:MOST_DAYS]


def _first(runs: Mapping[str, datetime], yesterday: date) -> date:
    if not runs:
        return yesterday - FINAL_AFTER
    return min(date.fromisoformat(max(runs)), yesterday) - _LOOK_BACK


def _is_due(channel: ChannelSettings, day: str, runs: Mapping[str, datetime]) -> bool:
    if day not in runs:
        return not runs or day > min(runs)
    return runs[day] < LocalDay(channel.channel_id, day, *channel.day_bounds(day)).final_at


def _days(first: date, last: date) -> Iterator[str]:
    for number in range((last - first).days + 1):
        yield (first + number * _ONE_DAY).isoformat()
