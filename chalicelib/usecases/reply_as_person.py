"""A person answers a customer through the API: with a text, an attachment, or a template."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import templates
from chalicelib.core.channel import ApprovedTemplate
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import (
    FilledTemplate,
    Media,
    Message,
    MessageKind,
    Origin,
    OutboundMessage,
)
from chalicelib.platforms._templates import as_sent
from chalicelib.ports import Runtime
from chalicelib.usecases import read_conversation, reused_key, send_message
from chalicelib.usecases.errors import InvalidInput


def run(
    *,
    conversation_id: str,
    author: str,
    idempotency_key: str,
    rt: Runtime,
    text: str | None = None,
    attachment: Media | None = None,
    template: FilledTemplate | None = None,
) -> Message:
    """Send one of the three once for this key; returns its row. A text beside an attachment is its
    caption. A policy refusal is a row in state REFUSED. Raises NotFound for an unknown
    conversation, InvalidInput for what the platform would not take, or a template filled otherwise
    than the channel's settings say, KeyReused for another message under this key."""
    conversation = read_conversation.load(conversation_id, rt)
    message = OutboundMessage(
        key=attempt_id(f"{conversation_id}#{idempotency_key}"),
        platform=conversation.platform,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        origin=Origin.PERSON,
        text=text,
        attachment=attachment,
        author=author,
    )
    message = _as_asked(message, template, rt)
    reused_key.check_stored(message, rt)
    row = send_message.run(message, rt, known=conversation)
    reused_key.check(row, message)
    return row


def _as_asked(
    message: OutboundMessage, template: FilledTemplate | None, rt: Runtime
) -> OutboundMessage:
    if template:
        return _with_template(message, template, rt)
    _check_words(message)
    return message


def _check_words(message: OutboundMessage) -> None:
    platform = PLATFORMS[message.platform]
    if message.attachment:
        wrong = platform.attachment_limit(message.attachment, message.text)
    elif message.text is None:
        wrong = ("text", "a text, an attachment or a template")
    else:
        too_long = platform.text_limit(message.text)
        wrong = ("text", too_long) if too_long else None
    if wrong:
        raise InvalidInput(*wrong)


def _with_template(
    message: OutboundMessage, filled: FilledTemplate, rt: Runtime
) -> OutboundMessage:
    for name in ("text", "attachment"):
        if getattr(message, name) is not None:
            raise InvalidInput(name, "nothing: a template has its own words")
    known = _approved(message.channel_id, filled, rt)
    wrong = templates.filling_problem(filled, known)
    if wrong:
        raise InvalidInput(*wrong)
    sent = as_sent(filled, known)
    return replace(message, kind=MessageKind.TEMPLATE, template=sent, topic=filled.topic)


def _approved(channel_id: str, filled: FilledTemplate, rt: Runtime) -> ApprovedTemplate | None:
    """None for one that the settings do not know: the policy will refuse it."""
    channel = rt.channels.load(channel_id)
    return templates.approved(channel.templates, filled.name, filled.language) if channel else None
