"""What the policy may see of a contact: keys joined by hand have windows of their own."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Key, near
from chalicelib.core.conversation import Conversation
from chalicelib.core.joined_rows import joined
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, move_conversation, own_facts

_OF_A_KEY = (
    "last_customer_at",
    "window_ends_at",
    "window_opened_at",
    "window_opened_by",
    "thread_owner",
    "thread_owner_at",
    "unreachable_at",
)


def run(conversation: Conversation, channel: ChannelSettings, rt: Runtime) -> Conversation:
    """The row with what the keys told that the message goes to, by what was kept of them and their
    messages since. A contact whose keys the platform told is one to it: its row as it is."""
    if not conversation.is_joint:
        return conversation
    contact = find_contact.run(conversation, rt)
    part = near(contact, conversation.wrote_as or conversation.conversation_id)
    if len(part.keys) == len(contact.keys):
        return conversation
    rows = [_alone(key, channel, rt) for key in part.keys]
    told = joined(rows[0], rows[1:])
    return replace(conversation, **{name: getattr(told, name) for name in _OF_A_KEY})


def _alone(key: Key, channel: ChannelSettings, rt: Runtime) -> Conversation:
    kept = rt.conversations.own(key.conversation_id)
    return own_facts.run(
        kept or move_conversation.unwritten(channel, key.contact_id),
        rt.messages.history(key.conversation_id),
        ad_days=channel.policy.ad_window_days,
    )
