"""Meta took a message of ours: settle its row, and if a person wrote it, it is an answer."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import PERSONS, Message, State
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import move_conversation, note_request, person_answered


def run(
    row: Message,
    platform_message_id: str | None,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    known: Conversation | None = None,
    entry: str | None = None,
) -> None:
    """Settle as sent, however we learned of it: the answer, an echo or a status, which `entry`
    tells the ledger. Safe to repeat. `known` saves reading the conversation row."""
    if row.state is not State.SENT or row.platform_message_id != platform_message_id:
        rt.messages.settle(
            row.conversation_id,
            row.message_id,
            State.SENT,
            platform_message_id=platform_message_id,
            entry=entry,
        )
    note_request.run(row, rt)
    answered(row, channel, rt, known=known)


def answered(
    row: Message, channel: ChannelSettings, rt: Runtime, *, known: Conversation | None = None
) -> None:
    """If a person wrote it, the customer was answered. Safe to repeat."""
    if row.author not in PERSONS:
        return
    known = known or rt.conversations.load(row.conversation_id)
    if known is None:
        return
    person_answered.run(known, row.occurred_at, channel, rt)
    step = Step(at=row.occurred_at, day=row.day, author=row.author, author_name=row.author_name)
    move_conversation.run(channel, known.contact_id, lambda _row: step, rt, known=known)
