"""Ask for the metrics of channels' days: one request for each."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.ports import DayWanted, Runtime


class DaysRefusedError(Exception):
    """Not every day could be asked for. Asking for all of them again does no harm."""


def run(days: Sequence[DayWanted], rt: Runtime) -> int:
    """Ask for them and return how many. Raises DaysRefusedError: the caller is to try again."""
    refused = rt.day_requests.ask(days)
    if refused:
        raise DaysRefusedError(f"{len(refused)} of {len(days)} days could not be asked for")
    return len(days)
