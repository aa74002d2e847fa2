"""A person answers a customer through the API."""

from __future__ import annotations

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Message, Origin, OutboundMessage
from chalicelib.ports import Runtime
from chalicelib.usecases import send_message
from chalicelib.usecases.errors import InvalidInput, NotFound


def run(
    *, conversation_id: str, text: str, author: str, idempotency_key: str, rt: Runtime
) -> Message:
    """Send the text once for this key; returns its row. A policy refusal is a row in state REFUSED.
    Raises NotFound for an unknown conversation, InvalidInput for a text that is too long."""
    conversation = rt.conversations.load(conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    wrong = PLATFORMS[conversation.platform].text_limit(text)
    if wrong:
        raise InvalidInput("text", wrong)
    message = OutboundMessage(
        key=attempt_id(f"{conversation_id}#{idempotency_key}"),
        platform=conversation.platform,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        origin=Origin.PERSON,
        text=text,
        author=author,
    )
    return send_message.run(message, rt, known=conversation)
