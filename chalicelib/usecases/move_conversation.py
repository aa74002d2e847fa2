"""Move a conversation on by one step: read, apply, save if nobody came between, else again."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import MessageFact, State
from chalicelib.core.steps import Moved, Rebuilt, Step, advance, rebuild
from chalicelib.ports import Runtime

_ROUNDS = 20

Change = Callable[[Conversation, Conversation], Conversation]


class ContendedError(Exception):
    """Others kept changing the conversation; trying again later is safe."""


def run(
    channel: ChannelSettings,
    contact_id: str,
    step_of: Callable[[Conversation], Step],
    rt: Runtime,
    *,
    change: Change = lambda _before, after: after,
    known: Conversation | None = None,
) -> Conversation:
    """Apply the step that `step_of` makes of the row, then `change(before, after)`; returns the row
    as it is stored now. `known` saves reading the row; a stale one does no harm. Raises
    ContendedError."""
    before = known or load(channel, contact_id, rt)
    for _ in range(_ROUNDS):
        step = step_of(before)
        moved = advance(before, step, native_automation=channel.native_automation)
        rebuilt = _rebuilt(moved, step, channel, rt)
        after = change(before, rebuilt.conversation if rebuilt else moved.conversation)
        in_the_way = None if after == before else rt.conversations.save(after)
        if in_the_way is None:
            _store_waits(moved, rebuilt, rt)
            return before if after == before else replace(after, version=before.version + 1)
        before = in_the_way
    raise ContendedError(before.conversation_id)


def load(channel: ChannelSettings, contact_id: str, rt: Runtime) -> Conversation:
    """The conversation as stored, or of a contact who has not been seen yet."""
    row = rt.conversations.load(conversation_id(channel.platform, channel.channel_id, contact_id))
    return row or unwritten(channel, contact_id)


def unwritten(channel: ChannelSettings, contact_id: str) -> Conversation:
    """The conversation of a contact who has not been seen yet."""
    return Conversation(
        conversation_id=conversation_id(channel.platform, channel.channel_id, contact_id),
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=contact_id,
    )


def _rebuilt(moved: Moved, step: Step, channel: ChannelSettings, rt: Runtime) -> Rebuilt | None:
    if not moved.needs_history:
        return None
    return rebuild(
        moved.conversation,
        _facts(moved.conversation.conversation_id, rt),
        at=step.at,
        day_of=channel.local_day,
        native_automation=channel.native_automation,
    )


def _facts(conversation: str, rt: Runtime) -> tuple[MessageFact, ...]:
    return tuple(
        MessageFact(
            row.occurred_at, row.conversation_id, row.message_id, row.author, row.author_name
        )
        for row in rt.messages.history(conversation)
        if row.state in (State.RECEIVED, State.SENT)
    )


def _store_waits(moved: Moved, rebuilt: Rebuilt | None, rt: Runtime) -> None:
    if moved.closed:
        rt.waits.record(moved.closed)
    if not rebuilt:
        return
    for wait in rebuilt.not_closed:
        rt.waits.remove(wait)
    for wait in rebuilt.closed:
        rt.waits.record(wait)
    for fact in rebuilt.reclassified:
        row = rt.messages.load(fact.conversation_id, fact.message_id)
        if row:
            rt.messages.reclassify(row, fact.author)
