"""A person wants to be forgotten: remove what they and we said, and all that tells who they are.

What stays tells nothing about them: that there were messages, when, and what became of them, which
the metrics count; the hashes of the ledger; and the stops that they said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Erased
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import Event
from chalicelib.core.messages import Message
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, move_conversation
from chalicelib.usecases.errors import NotFound
from chalicelib.usecases.stored_message import conversation_of, time_of

# Of the 20 seconds that the function has, and the 29 that the gateway waits.
WORKING_TIME = timedelta(seconds=10)


class Erasure(Struct, frozen=True):
    """How many conversations and messages this run forgot; not `is_complete`: ask once more."""

    conversations: int
    messages: int
    is_complete: bool


def run(conversation_id: str, rt: Runtime) -> Erasure:
    """Forget the contact of this conversation, whatever its keys. Safe to repeat, and to be
    repeated until it is complete. Raises NotFound."""
    mark = _mark(conversation_id, rt)
    for each in mark.conversation_ids:
        rt.conversations.forget(each, mark)
        rt.opt_ins.forget(each)
    began, messages = rt.now(), 0
    for _ in _messages(mark, rt):
        messages += 1
        if rt.now() - began >= WORKING_TIME:
            return Erasure(len(mark.conversation_ids), messages, is_complete=False)
    rt.log.info("contact_erased", channel_id=mark.channel_id, conversation_id=conversation_id)
    return Erasure(len(mark.conversation_ids), messages, is_complete=True)


def covers(event: Event, channel: ChannelSettings, rt: Runtime) -> bool:
    """Did this happen before its contact was erased? Then it comes too late to be kept."""
    mark = rt.conversations.erased(conversation_of(event, channel))
    return mark is not None and time_of(event) <= mark.at


def may_cover(event: Event, known: Conversation) -> bool:
    """An erased contact has no row, or one that began afterwards: all others cost no look."""
    first = known.first_contact_at
    return known.version == 0 or first is None or time_of(event) < first


def keep_nothing_of(row: Message, rt: Runtime) -> None:
    """Of a message that comes too late stays that it was there."""
    rt.messages.delete(row.conversation_id, row.message_id, row.occurred_at)
    rt.messages.record(row)
    rt.log.count("events_of_erased_contacts")


def _messages(mark: Erased, rt: Runtime) -> Iterator[None]:
    for each in mark.conversation_ids:
        yield from rt.messages.forget(each, mark.at)


def _mark(conversation_id: str, rt: Runtime) -> Erased:
    """What is to be erased; of a contact that wrote again, or was not erased completely, also what
    was to be erased before."""
    conversation = rt.conversations.load(conversation_id, is_fresh=True)
    before = rt.conversations.erased(conversation_id)
    if conversation is None:
        if before is None:
            raise NotFound("conversation")
        return before
    leading = move_conversation.leading(conversation, rt)
    keys = find_contact.run(leading, rt).keys
    ids = {key.conversation_id for key in keys} | {conversation_id, leading.conversation_id}
    known = before.conversation_ids if before else ()
    return Erased(rt.now(), conversation.channel_id, tuple(sorted({*ids, *known})))
