"""What we send on WhatsApp, as the Cloud API wants it.

Pages whatsapp/cloud-api/guides/send-messages and reference/messages (Oct to Dec 2025).
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.messages import Media, MessageKind, OutboundMessage
from chalicelib.core.messaging_policy import Permit
from chalicelib.platforms import GraphRequest
from chalicelib.platforms._sendable import (
    MESSAGES_PATH,
    check_choices,
    checked_attachment,
    checked_template,
    checked_text,
    has_choices,
    refused,
)

# Page whatsapp/messages/text-messages (Oct to Dec 2025).
TEXT_CHARACTERS = 4096


def render(message: OutboundMessage, permit: Permit, attempt_id: str) -> GraphRequest:
    """The request for a WhatsApp message. Raises SendError where WhatsApp has no form for it.

    The permit leaves no trace in it: WhatsApp knows by itself whether its window is open.
    """
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(message.contact_id),
        **_content(message),
        "biz_opaque_callback_data": attempt_id,
    }
    return GraphRequest(MESSAGES_PATH, body)


def text_limit(text: str) -> str | None:
    """None, or what is wrong with the length of the text."""
    if len(text) <= TEXT_CHARACTERS:
        return None
    return f"at most {TEXT_CHARACTERS} characters, this has {len(text)}"


def _recipient(contact_id: str) -> dict[str, str]:
    # A business-scoped user id is never all digits ("TR.1A2B"); `to` wants the plus sign
    # (platform changelog, entries of 2026).
    if contact_id.isascii() and contact_id.isdigit():
        return {"to": f"+{contact_id}"}
    return {"recipient": contact_id}


def _content(message: OutboundMessage) -> dict[str, Any]:
    check_choices("whatsapp", message)
    media = checked_attachment("whatsapp", message)
    match message.kind:
        case MessageKind.TEXT if media:
            return _attachment(media, message.text)
        case MessageKind.TEXT:
            text = checked_text(message.text, text_limit(message.text or ""))
            return _text(message, text)
        case MessageKind.LOCATION:
            from chalicelib.platforms import _forms  # late: few messages are pins

            return _forms.as_pin(_forms.checked_location(message))
        case MessageKind.TEMPLATE:
            return {"type": "template", "template": checked_template(message)}
        case _:
            raise refused(f"kind_not_offered_{message.kind}")


def _text(message: OutboundMessage, text: str) -> dict[str, Any]:
    if not has_choices(message):
        return {"type": "text", "text": {"body": text, "preview_url": False}}
    from chalicelib.platforms import _choices

    return _choices.on_cloud_api(message, text)


def _attachment(media: Media, caption: str | None) -> dict[str, Any]:
    # Pages whatsapp/messages/image-messages, video-, audio- and document-messages (2025-11-03).
    kind = "document" if media.kind == "file" else media.kind
    facts = {
        "link": media.url,
        "id": media.media_id,
        "caption": caption,
        "filename": media.filename,
    }
    return {"type": kind, kind: {name: value for name, value in facts.items() if value}}
