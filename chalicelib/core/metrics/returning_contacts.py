"""Returning contacts: customers who did something this day and had done so on an earlier day.

Over several days a contact who returns on two of them counts twice.
"""

from __future__ import annotations

from chalicelib.core.day_activity import DayActivity, acting_contacts
from chalicelib.core.metrics import Counts, Metric, Result, Unit


def count(day: DayActivity) -> Counts:
    return {"returning": len(acting_contacts(day.messages) - day.new_contacts)}


def read(counts: Counts) -> Result:
    returning = counts.get("returning", 0)
    return Result(returning or None, returning)


METRIC = Metric("returning_contacts", "1", Unit.COUNT, count, read)
