"""Move a conversation on by one step: read, apply, save if nobody came between, else again.

A contact may have several keys: the step goes to the row that stands for all of them.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, written_as
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Author
from chalicelib.core.steps import Moved, Rebuilt, Step, advance, rebuild
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, retelling

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
    """Apply the step that `step_of` makes of the row that stands for the contact, then
    `change(before, after)`; returns that row as it is stored now. `contact_id` is the key by which
    the step came. `known` saves reading; a stale row, or one that rests, does no harm. Raises
    ContendedError."""
    own_id = conversation_id(channel.platform, channel.channel_id, contact_id)
    before = leading(known, rt) if known else load(channel, contact_id, rt)
    rebuilt = None
    for _ in range(_ROUNDS):
        step = replace(step_of(before), ad_days=channel.policy.ad_window_days)
        moved = advance(
            _by(before, own_id, step), step, native_automation=channel.native_automation
        )
        if moved.needs_history or rebuilt:
            rebuilt = _rebuilt(moved, step, channel, rt)
            _store(rebuilt, rt)
        after = change(before, rebuilt.conversation if rebuilt else moved.conversation)
        in_the_way = None if after == before else _saved(before, after, rt)
        if in_the_way is None:
            if moved.closed:
                rt.waits.record(moved.closed)
            return before if after == before else replace(after, version=before.version + 1)
        before = _again(in_the_way, own_id, rt)
    raise ContendedError(before.conversation_id)


def load(channel: ChannelSettings, contact_id: str, rt: Runtime) -> Conversation:
    """The row that stands for the contact of this key, or that of a contact not seen yet."""
    own_id = conversation_id(channel.platform, channel.channel_id, contact_id)
    row = rt.conversations.load(own_id)
    if row is None:
        return unwritten(channel, contact_id)
    leader = leading(row, rt)
    if leader is row or leader.is_joint:
        return leader
    # Nothing came by this key since it was joined, or it was separated a moment ago: look closely.
    return leading(rt.conversations.load(own_id, is_fresh=True) or row, rt)


def leading(row: Conversation, rt: Runtime) -> Conversation:
    """The row that stands for the contact: this one, or the one into which it was merged."""
    found = row
    for _ in range(_ROUNDS):
        if found.merged_into is None:
            return found
        leader = replace(row, contact_id=found.merged_into)
        found = _stored(leader, rt, is_fresh=found is not row)
    raise ContendedError(row.conversation_id)


def unwritten(channel: ChannelSettings, contact_id: str) -> Conversation:
    """The conversation of a contact who has not been seen yet."""
    return Conversation(
        conversation_id=conversation_id(channel.platform, channel.channel_id, contact_id),
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=contact_id,
    )


def _stored(named: Conversation, rt: Runtime, *, is_fresh: bool) -> Conversation:
    key = conversation_id(named.platform, named.channel_id, named.contact_id)
    return rt.conversations.load(key, is_fresh=is_fresh) or Conversation(
        conversation_id=key,
        platform=named.platform,
        channel_id=named.channel_id,
        contact_id=named.contact_id,
    )


def _saved(before: Conversation, after: Conversation, rt: Runtime) -> Conversation | None:
    if after.is_joint and not before.is_joint and before.version:
        rt.conversations.save_own(before)
    return rt.conversations.save(after)


def _again(in_the_way: Conversation, own_id: str, rt: Runtime) -> Conversation:
    """Where the step belongs now: the contact may have been joined or separated meanwhile."""
    if in_the_way.conversation_id == own_id:
        return leading(in_the_way, rt)
    row = rt.conversations.load(own_id, is_fresh=True) or in_the_way
    return leading(in_the_way if row.merged_into == in_the_way.contact_id else row, rt)


def _by(row: Conversation, own_id: str, step: Step) -> Conversation:
    return written_as(row, own_id, step.at if step.author is Author.CUSTOMER else None)


def _rebuilt(moved: Moved, step: Step, channel: ChannelSettings, rt: Runtime) -> Rebuilt:
    return rebuild(
        moved.conversation,
        retelling.facts(find_contact.history(moved.conversation, rt), moved.conversation),
        at=step.at,
        day_of=channel.local_day,
        native_automation=channel.native_automation,
    )


def _store(rebuilt: Rebuilt, rt: Runtime) -> None:
    """What a late step changes beside the row. Before the row: once that knows the step, a
    repetition would find nothing late about it."""
    for wait in rebuilt.not_closed:
        rt.waits.remove(wait)
    for wait in rebuilt.closed:
        rt.waits.record(wait)
    retelling.reclassify(rebuilt.reclassified, rebuilt.conversation, rt)
