"""Messages: in from customers, out from the business, and how many by each class of author."""

from __future__ import annotations

from collections import Counter

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.messages import Author
from chalicelib.core.metrics import Counts, Metric, Result, Unit


def count(day: DayActivity) -> Counts:
    authors = (fact.author for fact in day.messages)
    return dict(Counter(author.value for author in authors if author is not Author.CUSTOMER_VISIT))


def read(counts: Counts) -> Result:
    n = sum(counts.values())
    if n == 0:
        return Result(None, 0)
    received = counts.get(Author.CUSTOMER, 0)
    by_author = dict(sorted(counts.items()))
    return Result({"in": received, "out": n - received, "by_author": by_author}, n)


METRIC = Metric("messages", "1", Unit.COUNT, count, read)
