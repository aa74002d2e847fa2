"""What several metrics count, and read from their counts, alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.core.metrics import Counts, Fact, Result, _durations


def by_name(counted: Iterable[Fact]) -> Counts:
    """How many facts were counted as what, in the order of the names."""
    return dict(sorted(Counter(fact.counted_as for fact in counted).items()))


def share_answered(counts: Counts) -> Result:
    """Of `due` facts the share that is `answered`."""
    due, pending = counts.get("due", 0), counts.get("pending", 0)
    return Result(counts["answered"] / due if due else None, due, pending)


def seconds_to_answer(counted: Iterable[Fact]) -> Iterator[int]:
    """Whole seconds, of those facts that were answered."""
    return (
        _durations.whole_seconds(fact.answered_at - fact.at)
        for fact in counted
        if fact.answered_at is not None
    )
