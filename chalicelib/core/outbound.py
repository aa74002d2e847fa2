"""What we want to send, as a row and back: a planned row holds all it takes to send it later."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.core.conversation import Conversation
from chalicelib.core.delayed import Unless
from chalicelib.core.events import Attachment
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import (
    AUTHOR_OF,
    Author,
    Button,
    FeedbackForm,
    Location,
    Media,
    Message,
    Origin,
    OutboundMessage,
    QuickReply,
    State,
)

_ORIGIN_OF = {author: origin for origin, author in AUTHOR_OF.items()}


class Extras(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message to send has beyond the columns of its row."""

    template: dict[str, object] | None = None
    topic: str | None = None
    title: str | None = None
    consent_of: str | None = None
    quick_replies: tuple[QuickReply, ...] = ()
    buttons: tuple[Button, ...] = ()
    location: Location | None = None
    feedback: FeedbackForm | None = None
    comment_id: str | None = None
    campaign_id: str | None = None
    campaign_page: str | None = None
    is_promotional: bool = False
    comment_at: datetime | None = None
    unless: Unless | None = None
    is_unasked: bool = False


def row_of(message: OutboundMessage, *, at: datetime, day: str) -> Message:
    """The row of a message about to be sent at `at`."""
    return Message(
        conversation_id=conversation_id(message.platform, message.channel_id, message.contact_id),
        message_id=message.key,
        channel_id=message.channel_id,
        author=AUTHOR_OF[message.origin],
        occurred_at=at,
        day=day,
        state=State.PLANNED,
        kind=message.kind,
        text=message.text or message.title,
        attachments=(_stored(message.attachment),) if message.attachment else (),
        author_name=message.author,
        automation=message.automation,
        resend_of=message.resend_of,
        request=_extras(message),
    )


def is_row_of(row: Message, message: OutboundMessage) -> bool:
    """Whether the row is of this wish: what came from the channel's settings, and words that were
    edited or unsent since, are not compared."""
    wanted = row_of(message, at=row.occurred_at, day=row.day)
    if _facts(row, "author", "author_name") != _facts(wanted, "author", "author_name"):
        return False
    extras = msgspec.convert(row.request or {}, Extras)
    if extras.topic != message.topic:
        return False
    if message.origin is Origin.PERSON and extras.template != message.template:
        return False
    if message.origin is Origin.AUTOMATION and message.topic is not None:
        return True  # how a customer is asked about the topic comes from the settings
    if row.edited_at is not None or row.deleted_at is not None:
        return row.kind is message.kind
    return _facts(row, "text", "attachments") == _facts(wanted, "text", "attachments")


def message_of(row: Message, conversation: Conversation) -> OutboundMessage:
    """What a planned row wants to send."""
    extras = msgspec.convert(row.request or {}, Extras)
    return OutboundMessage(
        key=row.message_id,
        platform=conversation.platform,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        origin=_ORIGIN_OF.get(Author(row.author), Origin.AUTOMATION),
        kind=row.kind,
        text=row.text,
        attachment=_read(row.attachments[0]) if row.attachments else None,
        template=extras.template,
        topic=extras.topic,
        title=extras.title,
        author=row.author_name,
        automation=row.automation,
        resend_of=row.resend_of,
        consent_of=extras.consent_of,
        quick_replies=extras.quick_replies,
        buttons=extras.buttons,
        location=extras.location,
        feedback=extras.feedback,
        comment_id=extras.comment_id,
        campaign_id=extras.campaign_id,
        campaign_page=extras.campaign_page,
        is_promotional=extras.is_promotional,
        comment_at=extras.comment_at,
        unless=extras.unless,
        is_unasked=extras.is_unasked,
    )


def _facts(row: Message, *names: str) -> list[object]:
    return [getattr(row, name) for name in names]


def _stored(media: Media) -> Attachment:
    return Attachment(media.kind, url=media.url, media_id=media.media_id, title=media.filename)


def _read(stored: Attachment) -> Media:
    return Media(kind=stored.kind, url=stored.url, media_id=stored.media_id, filename=stored.title)


def _extras(message: OutboundMessage) -> dict[str, object] | None:
    named = {name: getattr(message, name) for name in Extras.__struct_fields__}
    return msgspec.to_builtins(Extras(**named)) or None
