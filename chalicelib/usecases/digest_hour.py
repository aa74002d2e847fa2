"""The hourly schedule: digest the ledger of each channel's hours that have ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from chalicelib.core import digests, local_days
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.digests import HOUR, LOOKS_BACK, PART, SETTLED, Digest, Part
from chalicelib.core.messages import Message
from chalicelib.ports import Runtime

# Of the function's 300 seconds; what there was no time for is digested the next hour.
WORKING_TIME = timedelta(seconds=200)
MOST_HOURS = 6  # of a channel in one run: a week without any is caught up in a day and a half

_Item = TypeVar("_Item")


def run(rt: Runtime) -> int:
    """Digest every hour that has ended and has no digest; returns how many. Safe to repeat: an hour
    has one digest for ever."""
    since = rt.now()
    return sum(_of_channel(channel, since, rt) for channel in rt.channels.all())


def _of_channel(channel: ChannelSettings, since: datetime, rt: Runtime) -> int:
    last, made = rt.digests.last(channel.channel_id), 0
    for hour in _hours(last, since):
        last = None if rt.now() - since >= WORKING_TIME else _digested(channel, hour, last, rt)
        if last is None:
            break
        made += 1
    return made


def _digested(
    channel: ChannelSettings, hour: str, last: Digest | None, rt: Runtime
) -> Digest | None:
    """The digest of this hour, which follows the last one; None if somebody else made it."""
    parts, rows = [], 0
    for number, part in enumerate(_parts(channel, digests.start_of(hour), rt)):
        hashed = digests.hash_of_part(part)
        rt.digests.save_part(channel.channel_id, hour, number, hashed, part)
        parts.append(hashed)
        rows += len(part.lines)
    before = last.hash if last else digests.FIRST
    digest = digests.made(channel.channel_id, hour, before, parts, rows)
    return digest if rt.digests.save(digest) else None


def rows_of_hour(channel: ChannelSettings, start: datetime, rt: Runtime) -> Iterator[Message]:
    """The rows whose last attempt was in the hour that starts then, oldest first."""
    end = start + HOUR
    days = local_days.between(start, end)
    facts = rt.messages.attempts(channel.channel_id, days, since=start, until=end)
    for some in _batches(facts):
        yield from rt.messages.load_all([(f.conversation_id, f.message_id) for f in some])


def _hours(last: Digest | None, now: datetime) -> list[str]:
    """The ended hours after the last digest; on a channel without one, the last hour alone."""
    ended = digests.start_of(digests.hour_of(now - SETTLED))
    first = digests.start_of(last.hour) + HOUR if last else ended - HOUR
    number = min((ended - first) // HOUR, MOST_HOURS)
    return [digests.hour_of(first + each * HOUR) for each in range(number)]


def _parts(channel: ChannelSettings, start: datetime, rt: Runtime) -> Iterator[Part]:
    end = start + HOUR
    for back in LOOKS_BACK:
        of = digests.hour_of(start - back)
        for rows in _batches(rows_of_hour(channel, start - back, rt)):
            yield Part(of, tuple(digests.line(row, end) for row in rows))


def _batches(items: Iterator[_Item]) -> Iterator[tuple[_Item, ...]]:
    return iter(lambda: tuple(islice(items, PART)), ())
