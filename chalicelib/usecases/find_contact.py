"""Who is the contact of a conversation, and what its keys have written and been sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.contacts import Contact, Key, Link, contacts
from chalicelib.core.contacts import address as address_of
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message, State
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import NotFound


def run(conversation: Conversation, rt: Runtime) -> Contact:
    """The contact to which the conversation's key belongs."""
    return of_key(key_of(conversation), rt)


def of_key(key: Key, rt: Runtime) -> Contact:
    """The contact to which the key belongs, whether or not it has a row."""
    found = contacts([key], family([key], rt))
    return next(contact for contact in found if key in contact.keys)


def address(conversation: Conversation, rt: Runtime) -> str:
    """The key to which the contact of this row is written to."""
    if conversation.wrote_as is None:
        return conversation.contact_id
    return address_of(run(conversation, rt), conversation.wrote_as).contact_id


def members(conversation: Conversation, rt: Runtime) -> tuple[str, ...]:
    """The ids under which facts of this contact are kept; a row of one key alone costs nothing."""
    if not conversation.is_joint:
        return (conversation.conversation_id,)
    return tuple(key.conversation_id for key in run(conversation, rt).keys)


def history(conversation: Conversation, rt: Runtime) -> tuple[Message, ...]:
    """All messages of the contact, oldest first (time, then id), each with the conversation id of
    the key by which it came."""
    ids = members(conversation, rt)
    if len(ids) == 1:
        return rt.messages.history(ids[0])
    found = {row.message_id: row for each in sorted(ids) for row in rt.messages.history(each)}
    return tuple(sorted(found.values(), key=lambda row: (row.occurred_at, row.message_id)))


def message(conversation: Conversation, message_id: str, rt: Runtime) -> Message | None:
    """The message as it stands, whichever key of the contact has it; of the row's own key first."""
    for each in (conversation.conversation_id, *_others(conversation, rt)):
        found = rt.messages.load_now(each, message_id)
        if found:
            return found
    return None


def our_message(conversation_id: str, message_id: str, rt: Runtime) -> tuple[Message, Conversation]:
    """A message of ours as it stands, and the conversation that was named. Raises NotFound."""
    conversation = rt.conversations.load(conversation_id)
    row = message(conversation, message_id, rt) if conversation else None
    if row is None or conversation is None or row.state is State.RECEIVED:
        raise NotFound("message")
    return row, conversation


def family(keys: Iterable[Key], rt: Runtime) -> tuple[Link, ...]:
    """Every link that can be reached from these keys, active or not."""
    found: set[Link] = set()
    seen: set[Key] = set()
    fresh = set(keys)
    while fresh:
        seen |= fresh
        links = {link for key in fresh for link in rt.conversations.links(key.conversation_id)}
        found |= links
        fresh = {key for link in links for key in link.pair} - seen
    return tuple(sorted(found))


def is_joined(conversation: Conversation) -> bool:
    """More than one key of its contact has a history."""
    return conversation.is_joint or conversation.merged_into is not None


def _others(conversation: Conversation, rt: Runtime) -> Iterator[str]:
    if is_joined(conversation):
        for key in run(conversation, rt).keys:
            if key.conversation_id != conversation.conversation_id:
                yield key.conversation_id


def key_of(conversation: Conversation) -> Key:
    return Key(conversation.conversation_id, conversation.contact_id)
