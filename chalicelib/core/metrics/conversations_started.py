"""Conversations started: customers who wrote or came after 24 hours of silence by both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Fact, Metric, Result, Unit


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=episode.conversation_id,
            at=episode.started_at,
            counted_as="started",
            message_id=episode.message_id,
        )
        for episode in day.episodes
    )


def count(counted: Iterable[Fact]) -> Counts:
    return {"started": sum(1 for _ in counted)}


def read(counts: Counts) -> Result:
    started = counts.get("started", 0)
    return Result(started or None, started)


METRIC = Metric("conversations_started", "1", Unit.COUNT, facts, count, read)
