"""What a contact's messages tell about waits and authors, whichever of its keys they came by."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message, MessageFact, State
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact


def facts(history: Iterable[Message], conversation: Conversation) -> tuple[MessageFact, ...]:
    """What was received or sent, all as of this one conversation."""
    return tuple(
        MessageFact(
            row.occurred_at,
            conversation.conversation_id,
            row.message_id,
            row.author,
            row.author_name,
        )
        for row in history
        if row.state in (State.RECEIVED, State.SENT)
    )


def reclassify(found: Iterable[MessageFact], conversation: Conversation, rt: Runtime) -> None:
    """Store the true authors, where the messages are."""
    for fact in found:
        for each in find_contact.members(conversation, rt):
            row = rt.messages.load(each, fact.message_id)
            if row:
                rt.messages.reclassify(row, fact.author)
