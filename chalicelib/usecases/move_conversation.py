"""Move a conversation on by one step: read, apply, save if nobody came between, else again."""

from __future__ import annotations

from collections.abc import Callable

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
) -> Conversation:
    """Apply the step that `step_of` makes of the row, then `change(before, after)`; returns the row
    as saved. Raises ContendedError."""
    known = rt.conversations.load(conversation_id(channel.platform, channel.channel_id, contact_id))
    for _ in range(_ROUNDS):
        before = known or unwritten(channel, contact_id)
        step = step_of(before)
        moved = advance(before, step, native_automation=channel.native_automation)
        rebuilt = _rebuilt(moved, step, channel, rt)
        after = change(before, rebuilt.conversation if rebuilt else moved.conversation)
        known = None if after == before else rt.conversations.save(after)
        if known is None:
            _store_waits(moved, rebuilt, rt)
            return after
    raise ContendedError(before.conversation_id)


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
        MessageFact(row.occurred_at, row.conversation_id, row.message_id, row.author)
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
