"""New contacts: customers whose first action ever on the channel fell on this day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit, _contacts


def facts(day: DayActivity) -> Iterator[Fact]:
    actions = _contacts.first_actions(day)
    new = [action for action in actions if action.conversation_id in day.new_contacts]
    return _contacts.counted(new, "new")


def count(counted: Iterable[Fact]) -> Counts:
    return {"new": sum(1 for _ in counted)}


def read(counts: Counts) -> Result:
    new = counts.get("new", 0)
    return Result(new or None, new)


METRIC = Metric("new_contacts", "1", Unit.COUNT, facts, count, read)
