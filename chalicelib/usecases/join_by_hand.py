"""Somebody knows that two conversations are of one person, or that they are not."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Why, cut, link
from chalicelib.core.conversation import Conversation
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, join_contacts, read_channel, read_conversation
from chalicelib.usecases.errors import InvalidInput
from chalicelib.usecases.find_contact import key_of
from chalicelib.usecases.read_conversation import ConversationView

OTHER = "other_conversation_id"


def merge(conversation_id: str, other_conversation_id: str, rt: Runtime) -> ConversationView:
    """One history from now on; nothing changes if it is one already. Returns it. Raises NotFound,
    InvalidInput if the two are not of one channel."""
    one, other, channel = _both(conversation_id, other_conversation_id, rt)
    if key_of(other) not in find_contact.run(one, rt).keys:
        rt.conversations.link(link(key_of(one), key_of(other), Why.MERGED, rt.now()))
    join_contacts.run((key_of(one), key_of(other)), channel, rt)
    return read_conversation.run(conversation_id, rt)


def separate(conversation_id: str, other_conversation_id: str, rt: Runtime) -> ConversationView:
    """Two contacts from now on: the other key leaves, along with those that the platform told of
    it; what told them together before does not join them again. Returns the first. Raises as
    `merge` does."""
    one, other, channel = _both(conversation_id, other_conversation_id, rt)
    contact = find_contact.run(one, rt)
    if key_of(other) in contact.keys:
        for word in cut(contact, key_of(one), key_of(other), rt.now()):
            rt.conversations.link(word)
    join_contacts.run((key_of(one), key_of(other)), channel, rt)
    return read_conversation.run(conversation_id, rt)


def _both(
    conversation_id: str, other_id: str, rt: Runtime
) -> tuple[Conversation, Conversation, ChannelSettings]:
    """The rows of the two keys themselves, whichever rows stand for them."""
    if conversation_id == other_id:
        raise InvalidInput(OTHER, "another conversation than the first")
    one = read_conversation.load(conversation_id, rt)
    other = read_conversation.load(other_id, rt)
    if one.channel_id != other.channel_id:
        raise InvalidInput(OTHER, "a conversation of the same channel")
    return one, other, read_channel.run(one.channel_id, rt)
