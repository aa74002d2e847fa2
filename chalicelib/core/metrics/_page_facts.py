"""The conversations of a day as both metrics of Meta's style count them."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import LEFT_OUT, PENDING, Fact
from chalicelib.core.page_conversations import PageConversation

ANSWERED, UNANSWERED = "answered", "unanswered"


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=conversation.conversation_id,
            at=conversation.started_at,
            counted_as=_counted_as(conversation, day),
            message_id=conversation.message_id,
            answered_at=conversation.answered_at,
        )
        for conversation in day.page_conversations
    )


def _counted_as(conversation: PageConversation, day: DayActivity) -> str:
    if conversation.is_away:
        return LEFT_OUT
    if conversation.answered_at is not None:
        return ANSWERED
    age = day.as_of - conversation.started_at
    return UNANSWERED if age >= day.local_day.page_rule.answered_within else PENDING
