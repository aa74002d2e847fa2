"""Somebody commented in public: answer in private, once a comment, if the channel wants to.

The reply is kept in a conversation of the id that the comment names as its author. On Instagram
that is the contact's; of a Page's comments it is not confirmed, and some name nobody: then the
comment itself stands for the contact, and the customer's own answer begins a conversation.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from chalicelib.core.answering import Silence
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import CommentReceived
from chalicelib.core.handling import Handling
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import State
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    change_handling,
    erase_contact,
    move_conversation,
    occasion,
    send_message,
)
from chalicelib.usecases.occasion import Occasion
from chalicelib.usecases.settle_send import StillSendingError
from chalicelib.usecases.stored_message import time_of

NAME = "private_reply"


def run(event: CommentReceived, channel: ChannelSettings, rt: Runtime) -> None:
    """Reply to a new comment of somebody else, once however often it is delivered. Any other
    comment is kept in quarantine; what an erased contact wrote before is kept nowhere."""
    if event.is_by_business or event.verb != "add" or not channel.private_reply.is_on:
        _keep(event, rt)
        return
    contact_id = event.contact_id or f"comment:{event.comment_id}"
    before = move_conversation.load(channel, contact_id, rt)
    if erase_contact.may_cover(event, before) and erase_contact.covers(event, channel, rt):
        rt.log.count("events_of_erased_contacts")
        return
    told = _told(event, channel)
    said, known = occasion.slotted(
        told, channel, before, rt, handling=_handling(before, channel, rt)
    )
    if isinstance(said, Silence):
        _keep(event, rt)
        return
    message = occasion.message_of(said, told, channel, known, rt)
    message = replace(message, comment_id=event.comment_id, comment_at=told.at)
    sent = send_message.run(message, rt, known=known)
    if sent.state is State.CLAIMED:
        raise StillSendingError
    raw = msgspec.json.encode(event.item)
    rt.messages.keep_raw(known.conversation_id, event.event_id, raw, told.at)


def reply_key(comment_id: str, channel: ChannelSettings) -> str:
    """At most one private reply to a comment, whatever we are told about it."""
    return attempt_id(f"{channel.platform}#{channel.channel_id}#comment#{comment_id}")


def _told(event: CommentReceived, channel: ChannelSettings) -> Occasion:
    return Occasion(
        name=NAME,
        key=reply_key(event.comment_id, channel),
        at=time_of(event),
        text=event.text,
        post_id=event.post_id,
    )


def _handling(known: Conversation, channel: ChannelSettings, rt: Runtime) -> Handling | None:
    return change_handling.load(known, rt) if occasion.has_use_for_handling(channel) else None


def _keep(event: CommentReceived, rt: Runtime) -> None:
    rt.quarantine.put(msgspec.json.encode(event.item), reason="not_answered", at=rt.now())
    rt.log.count("events_kept", reason="not_answered", kind="CommentReceived")
