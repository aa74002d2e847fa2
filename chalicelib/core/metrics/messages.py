"""Messages: in from customers, out from the business, and how many by each class of author."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.messages import Author
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit
from chalicelib.core.metrics._counting import by_name


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=message.conversation_id,
            at=message.occurred_at,
            counted_as=message.author.value,
            message_id=message.message_id,
        )
        for message in day.messages
        if message.author is not Author.CUSTOMER_VISIT
    )


def read(counts: Counts) -> Result:
    n = sum(counts.values())
    if n == 0:
        return Result(None, 0)
    received = counts.get(Author.CUSTOMER, 0)
    by_author: dict[str, int | float] = dict(sorted(counts.items()))
    return Result({"in": received, "out": n - received, "by_author": by_author}, n)


METRIC = Metric("messages", "1", Unit.COUNT, facts, by_name, read)
