"""Returning contacts: customers who did something this day and had done so on an earlier day.

Over several days a contact who returns on two of them counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit, _contacts


def facts(day: DayActivity) -> Iterator[Fact]:
    actions = _contacts.first_actions(day)
    known = [action for action in actions if action.conversation_id not in day.new_contacts]
    return _contacts.counted(known, "returning")


def count(counted: Iterable[Fact]) -> Counts:
    return {"returning": sum(1 for _ in counted)}


def read(counts: Counts) -> Result:
    returning = counts.get("returning", 0)
    return Result(returning or None, returning)


METRIC = Metric("returning_contacts", "1", Unit.COUNT, facts, count, read)
