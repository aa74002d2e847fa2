"""The customers who did something on a day, each with the first thing they did."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.messages import MessageFact
from chalicelib.core.metrics import Fact
from chalicelib.core.waits import CUSTOMER_ACTIONS


def first_actions(day: DayActivity) -> list[MessageFact]:
    """Oldest first."""
    first: dict[str, MessageFact] = {}
    for fact in day.messages:
        if fact.author in CUSTOMER_ACTIONS:
            known = first.get(fact.conversation_id)
            if known is None or fact.occurred_at < known.occurred_at:
                first[fact.conversation_id] = fact
    return sorted(first.values())


def counted(actions: list[MessageFact], counted_as: str) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=action.conversation_id,
            at=action.occurred_at,
            counted_as=counted_as,
            message_id=action.message_id,
        )
        for action in actions
    )
