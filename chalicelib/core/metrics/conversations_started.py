"""Conversations started: customers who wrote or came after 24 hours of silence by both sides."""

from __future__ import annotations

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Metric, Result, Unit


def count(day: DayActivity) -> Counts:
    return {"started": len(day.episodes)}


def read(counts: Counts) -> Result:
    started = counts.get("started", 0)
    return Result(started or None, started)


METRIC = Metric("conversations_started", "1", Unit.COUNT, count, read)
