"""Ask for the metrics of channels' days: one queue message for each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from chalicelib.ports import QueueEntry, Runtime


class DayWanted(Struct, frozen=True):
    """What one message of the metrics queue says."""

    channel_id: str
    day: str


class QueueRefusedError(Exception):
    """The queue did not take every message. Asking for all of them again does no harm."""


def run(days: Sequence[DayWanted], rt: Runtime) -> int:
    """Queue them and return how many. Raises QueueRefusedError: the caller is to try again."""
    entries = [QueueEntry(body=msgspec.json.encode(day).decode()) for day in days]
    refused = rt.metrics_queue.send(entries) if entries else ()
    if refused:
        raise QueueRefusedError(f"{len(refused)} of {len(entries)} days were not queued")
    return len(entries)


def read(body: str) -> DayWanted:
    """Raises msgspec.MsgspecError for a message that is not ours."""
    return msgspec.json.decode(body, type=DayWanted)
