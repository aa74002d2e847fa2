"""Charged messages: ours that arrived on WhatsApp, by category and kind of price, free ones too."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.charges import billed, parts
from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit
from chalicelib.core.metrics._counting import by_name


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


def read(counts: Counts) -> Result:
    value: dict[str, dict[str, int | float]] = {}
    for key, number in sorted(counts.items()):
        category, kind, _country = parts(key)
        of_category = value.setdefault(category, {})
        of_category[kind] = of_category.get(kind, 0) + number
    return Result({**value} or None, sum(counts.values()))


METRIC = Metric("charged_messages", "1", Unit.COUNT, facts, by_name, read)
