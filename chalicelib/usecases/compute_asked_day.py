"""Compute the day that an invocation asks for."""

from __future__ import annotations

import msgspec

from chalicelib.ports import DayWanted, Runtime
from chalicelib.usecases import compute_daily_metrics


class NotComputedError(Exception):
    """The day was not computed; the message names the kind of error."""


def run(request: object, rt: Runtime) -> None:
    """Compute and store it. Raises NotComputedError, so that it is asked for again."""
    try:
        wanted = msgspec.convert(request, DayWanted)
        compute_daily_metrics.run(wanted.channel_id, wanted.day, rt)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is raised as one kind
        kind = type(error).__name__
        rt.log.warning("metrics_failed", error=kind)
        # Lambda logs what is raised and puts it into the dead letter: no words of others in it.
        raise NotComputedError(kind) from None
    rt.log.info("metrics_computed", channel_id=wanted.channel_id, day=wanted.day)
