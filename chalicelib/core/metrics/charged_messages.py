"""Charged messages: ours that arrived on WhatsApp, by category and kind of price, free ones too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.core.charges import billed, parts
from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=charge.conversation_id,
            at=charge.at,
            counted_as=charge.key,
            message_id=charge.message_id,
        )
        for charge in billed(day.charges)
    )


def count(counted: Iterable[Fact]) -> Counts:
    return dict(sorted(Counter(fact.counted_as for fact in counted).items()))


def read(counts: Counts) -> Result:
    n = sum(counts.values())
    if n == 0:
        return Result(None, 0)
    value: dict[str, int | dict[str, int | float]] = {}
    for key, number in sorted(counts.items()):
        category, kind, _country = parts(key)
        of_category = value.setdefault(category, {})
        if isinstance(of_category, dict):
            of_category[kind] = of_category.get(kind, 0) + number
    return Result(value, n)


METRIC = Metric("charged_messages", "1", Unit.COUNT, facts, count, read)
