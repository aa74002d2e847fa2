"""The row that an event becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import (
    Event,
    LeadSubmitted,
    MessageEchoed,
    MessageReceived,
    OptedIn,
    Postback,
    Referred,
)
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Author, Message, MessageKind


def time_of(event: Event) -> datetime:
    """The platform's time; process_event filled in the time of receipt where it was missing."""
    return event.occurred_at or datetime.min.replace(tzinfo=UTC)


def conversation_of(event: Event, channel: ChannelSettings) -> str:
    """The id of the conversation that the event belongs to."""
    return conversation_id(channel.platform, channel.channel_id, event.contact_id or "")


def owner(event: Event) -> str:
    """Who has control of the thread, as the list says in which the event came."""
    return "other" if event.is_standby else "us"


def opens(event: Event) -> str | None:
    """What the policy calls this action of a customer; None: it opens no window. Writing to a group
    opens none to the writer."""
    match event:
        case Postback():
            return "postback"
        case MessageReceived():
            return None if event.group_id else _opens(event)
        case Referred():
            return "ad_referral" if event.referral.ad_id else "referral"
        case LeadSubmitted():
            return "referral"
        case OptedIn(kind="plugin"):
            return "plugin_opt_in"
    return None


def _opens(event: MessageReceived) -> str:
    if event.referral and event.referral.ad_id:
        return "ad_referral"
    return "quick_reply" if event.payload else "message"


def received(event: MessageReceived | Postback, channel: ChannelSettings) -> Message:
    """The row of what a customer wrote or tapped."""
    if isinstance(event, Postback):
        row = _row(event, channel, Author.CUSTOMER, event.message_id or event.event_id)
        return replace(row, kind=MessageKind.POSTBACK, text=event.title, payload=event.payload)
    row = _row(event, channel, Author.CUSTOMER, event.message_id)
    return replace(
        row,
        text=event.text,
        attachments=event.attachments + ((event.story,) if event.story else ()),
        payload=event.payload,
        reply_to=event.reply_to,
    )


def echoed(event: MessageEchoed, channel: ChannelSettings, author: Author) -> Message:
    """The row of what somebody else wrote for the business."""
    row = _row(event, channel, author, event.message_id)
    return replace(row, text=event.text, attachments=event.attachments)


def visited(event: Event, channel: ChannelSettings) -> Message:
    """The row of a customer who came without a word: through a link, a form, a plugin."""
    row = _row(event, channel, Author.CUSTOMER_VISIT, event.event_id)
    return replace(row, kind=MessageKind.REFERRAL)


def _row(event: Event, channel: ChannelSettings, author: Author, message_id: str) -> Message:
    return Message(
        conversation_id=conversation_of(event, channel),
        message_id=message_id,
        channel_id=channel.channel_id,
        day=channel.local_day(time_of(event)),
        author=author,
        occurred_at=time_of(event),
        is_standby=event.is_standby,
        raw=msgspec.json.encode(event.item),
    )
