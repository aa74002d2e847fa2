"""The row that an event becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import Event, MessageEchoed, MessageReceived, Postback, Referred
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Author, Message, MessageKind


def time_of(event: Event) -> datetime:
    """The platform's time; process_event filled in the time of receipt where it was missing."""
    return event.occurred_at or datetime.min.replace(tzinfo=UTC)


def owner(event: Event) -> str:
    """Who has control of the thread, as the list says in which the event came."""
    return "other" if event.is_standby else "us"


def received(event: MessageReceived | Postback, channel: ChannelSettings) -> Message:
    """The row of what a customer wrote or tapped."""
    if isinstance(event, Postback):
        return _row(
            event,
            channel,
            Author.CUSTOMER,
            event.message_id or event.event_id,
            MessageKind.POSTBACK,
            event.title,
        )
    return _row(event, channel, Author.CUSTOMER, event.message_id, MessageKind.TEXT, event.text)


def echoed(event: MessageEchoed, channel: ChannelSettings, author: Author) -> Message:
    """The row of what somebody else wrote for the business."""
    return _row(event, channel, author, event.message_id, MessageKind.TEXT, event.text)


def visited(event: Referred, channel: ChannelSettings) -> Message:
    """The row of a customer coming back through a link, without a word."""
    return _row(event, channel, Author.CUSTOMER_VISIT, event.event_id, MessageKind.REFERRAL, None)


def _row(
    event: Event,
    channel: ChannelSettings,
    author: Author,
    message_id: str,
    kind: MessageKind,
    text: str | None,
) -> Message:
    return Message(
        conversation_id=conversation_id(
            channel.platform, channel.channel_id, event.contact_id or ""
        ),
        message_id=message_id,
        channel_id=channel.channel_id,
        day=channel.local_day(time_of(event)),
        author=author,
        occurred_at=time_of(event),
        kind=kind,
        text=text,
        attachments=getattr(event, "attachments", ()),
        payload=getattr(event, "payload", None),
        reply_to=getattr(event, "reply_to", None),
        is_standby=event.is_standby,
        raw=msgspec.json.encode(event.item),
    )
