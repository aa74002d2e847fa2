"""Change who handles a conversation: read, change, save if nobody came between, else again.

A contact with several keys is handled under the key that leads; until something is stored there,
what was stored under another of its keys counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from chalicelib.core.conversation import Conversation
from chalicelib.core.handling import Handling
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact
from chalicelib.usecases.move_conversation import ContendedError

_ROUNDS = 20

Change = Callable[[Handling], Handling]


def load(conversation: Conversation, rt: Runtime) -> Handling:
    """How the contact of this leading row is handled."""
    own = rt.conversations.handling(conversation.conversation_id)
    if own.version or not conversation.is_joint:
        return own
    others = [rt.conversations.handling(each) for each in _others(conversation, rt)]
    best = max(others, key=lambda each: each.version, default=own)
    return replace(best, version=0)


def run(conversation: Conversation, change: Change, rt: Runtime) -> Handling:
    """Apply the change to what is stored for this leading row; returns what is stored then.
    Nothing is written if it changes nothing. Raises ContendedError."""
    known = load(conversation, rt)
    for _ in range(_ROUNDS):
        after = change(known)
        if after == known:
            return known
        in_the_way = rt.conversations.save_handling(conversation, after)
        if in_the_way is None:
            _unflag_others(conversation, rt)
            return replace(after, version=after.version + 1)
        known = in_the_way
    raise ContendedError(conversation.conversation_id)


def tell_of_tags(
    wanted: Sequence[str], stored: Handling, conversation: Conversation, rt: Runtime
) -> None:
    """Say so if tags that a rule gave had no place any more: the conversation has as many as it may
    have."""
    if set(wanted) <= set(stored.tags):
        return
    rt.log.warning(
        "tags_left_out",
        channel_id=conversation.channel_id,
        conversation_id=conversation.conversation_id,
    )
    rt.log.count("tags_left_out")


def _unflag_others(conversation: Conversation, rt: Runtime) -> None:
    """A call for a person that was made under another key is answered for under this one."""
    for each in _others(conversation, rt) if conversation.is_joint else ():
        known = rt.conversations.handling(each)
        if known.needs_person_since:
            row = replace(conversation, conversation_id=each)
            rt.conversations.save_handling(row, replace(known, needs_person_since=None))


def _others(conversation: Conversation, rt: Runtime) -> tuple[str, ...]:
    members = find_contact.members(conversation, rt)
    return tuple(each for each in members if each != conversation.conversation_id)
