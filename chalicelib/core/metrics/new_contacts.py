"""New contacts: customers whose first action ever on the channel fell on this day."""

from __future__ import annotations

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Metric, Result, Unit


def count(day: DayActivity) -> Counts:
    return {"new": len(day.new_contacts)}


def read(counts: Counts) -> Result:
    new = counts.get("new", 0)
    return Result(new or None, new)


METRIC = Metric("new_contacts", "1", Unit.COUNT, count, read)
