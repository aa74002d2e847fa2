"""Conversations as Meta's page metric sees them: from a customer's first message after silence to
the first reply of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.messages import Author, MessageFact
from chalicelib.core.page_rules import PageRule
from chalicelib.core.waits import in_order

Span = tuple[datetime, datetime]


class PageConversation(Struct, frozen=True):
    """`is_away`: it began while the business was closed and its away message was on."""

    conversation_id: str
    message_id: str
    started_at: datetime
    answered_at: datetime | None = None
    is_away: bool = False


def started(
    facts: Iterable[MessageFact],
    *,
    before: Mapping[str, datetime],
    away: Sequence[Span],
    rule: PageRule,
) -> tuple[PageConversation, ...]:
    """The conversations that began in these facts, oldest first, as yet unanswered. `before`: the
    last message of each contact earlier than that. A visit is no message: it neither starts a
    conversation nor breaks the silence."""
    last = dict(before)
    found = []
    for fact in in_order(facts):
        if fact.author is Author.CUSTOMER_VISIT:
            continue
        known = last.get(fact.conversation_id)
        if fact.author is Author.CUSTOMER and (
            known is None or fact.occurred_at - known >= rule.silence
        ):
            found.append(_started(fact, away))
        last[fact.conversation_id] = fact.occurred_at
    return tuple(found)


def answered(
    conversations: Sequence[PageConversation],
    facts: Iterable[MessageFact],
    *,
    as_of: datetime,
    rule: PageRule,
) -> tuple[PageConversation, ...]:
    """The conversations, each with the first reply that it got in time and by `as_of`. The facts
    may come in parts and in any order."""
    replies = {_key(each): each.answered_at for each in conversations}
    starts: dict[str, list[datetime]] = {}
    for each in conversations:
        starts.setdefault(each.conversation_id, []).append(each.started_at)
    for fact in facts:
        if fact.author in rule.answers and fact.occurred_at <= as_of:
            for start in starts.get(fact.conversation_id, ()):
                if start <= fact.occurred_at <= start + rule.answered_within:
                    key = (fact.conversation_id, start)
                    replies[key] = min(replies[key] or fact.occurred_at, fact.occurred_at)
    return tuple(replace(each, answered_at=replies[_key(each)]) for each in conversations)


def _key(conversation: PageConversation) -> tuple[str, datetime]:
    return conversation.conversation_id, conversation.started_at


def _started(fact: MessageFact, away: Sequence[Span]) -> PageConversation:
    return PageConversation(
        fact.conversation_id,
        fact.message_id,
        fact.occurred_at,
        is_away=any(start <= fact.occurred_at < end for start, end in away),
    )
