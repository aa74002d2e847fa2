"""What we send on Messenger and Instagram, as the Send API wants it.

Pages messenger-platform/send-messages and instagram-messaging/features/send-message (2026-09-11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from chalicelib.core.messages import MessageKind, OutboundMessage
from chalicelib.core.messaging_policy import Basis, Permit
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

# Page reference/send-api (2026): "under 2000 characters".
MESSENGER_TEXT_CHARACTERS = 1999
# Page instagram-messaging/features/send-message (2026-09-11) says 1000 bytes in one place and
# 1000 characters in another: the bytes satisfy both.
INSTAGRAM_TEXT_BYTES = 1000
# Page messenger-platform/send-messages/one-time-notification (undated, before 2026).
OPT_IN_TITLE_CHARACTERS = 65


def render_messenger(message: OutboundMessage, permit: Permit, attempt_id: str) -> GraphRequest:
    """The request for a Messenger message. Raises SendError where Messenger has no form for it."""
    check_choices("messenger", message)
    content = _MESSENGER_CONTENT.get(message.kind, _not_offered)(message)
    return _request(message, permit, {**content, "metadata": attempt_id})


def render_instagram(message: OutboundMessage, permit: Permit, attempt_id: str) -> GraphRequest:
    """The request for an Instagram message. Raises SendError where Instagram has no form
    for it."""
    check_choices("instagram", message)
    content = _INSTAGRAM_CONTENT.get(message.kind, _not_offered)(message)
    return _request(message, permit, {**content, "metadata": attempt_id})


def text_limit_messenger(text: str) -> str | None:
    """None, or what is wrong with the length of the text."""
    if len(text) <= MESSENGER_TEXT_CHARACTERS:
        return None
    return f"at most {MESSENGER_TEXT_CHARACTERS} characters, this has {len(text)}"


def text_limit_instagram(text: str) -> str | None:
    """None, or what is wrong with the length of the text."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size <= INSTAGRAM_TEXT_BYTES:
        return None
    return f"at most {INSTAGRAM_TEXT_BYTES} bytes in UTF-8, this has {size}"


def profile_path_messenger(contact_id: str) -> str:
    """Graph path below the version. The profile may be empty (user profile page, 2026)."""
    return f"/{quote(contact_id, safe='')}?fields=first_name,last_name,name"


def profile_path_instagram(contact_id: str) -> str:
    """Graph path below the version. Refused until the contact wrote (user-profile, 2026-09-11)."""
    return f"/{quote(contact_id, safe='')}?fields=name,username"


def _request(message: OutboundMessage, permit: Permit, content: dict[str, Any]) -> GraphRequest:
    body: dict[str, Any] = {"recipient": _recipient(message, permit), "message": content}
    if permit.messaging_type:
        body["messaging_type"] = permit.messaging_type
    if permit.tag:
        body["tag"] = permit.tag
    return GraphRequest(MESSAGES_PATH, body)


def _recipient(message: OutboundMessage, permit: Permit) -> dict[str, str]:
    if permit.basis is Basis.ONE_TIME_TOKEN:
        if not message.token:
            raise refused("one_time_token_missing")
        return {"one_time_notif_token": message.token}
    if permit.basis is Basis.PRIVATE_REPLY:
        if not message.comment_id:
            raise refused("comment_missing")
        return {"comment_id": message.comment_id}
    return {"id": message.contact_id}


def _messenger_text(message: OutboundMessage) -> dict[str, Any]:
    media = checked_attachment("messenger", message)
    if media:
        # Page send-messages/saving-assets (2026-04-22): ids are good for 90 days.
        by_id = {"attachment_id": media.media_id}
        return _attachment(media.kind, {"url": media.url} if media.url else by_id)
    text = checked_text(message.text, text_limit_messenger(message.text or ""))
    return _with_choices(message, text)


def _instagram_text(message: OutboundMessage) -> dict[str, Any]:
    media = checked_attachment("instagram", message)
    if media and media.url:
        return _attachment(media.kind, {"url": media.url})
    if media:
        # Page instagram-messaging/features/attachment-upload (2026-06-30).
        return _attachment("MEDIA_SHARE", {"id": media.media_id})
    text = checked_text(message.text, text_limit_instagram(message.text or ""))
    return _with_choices(message, text)


def _with_choices(message: OutboundMessage, text: str) -> dict[str, Any]:
    if not has_choices(message):
        return {"text": text}
    from chalicelib.platforms import _choices  # late: few texts have any

    return _choices.on_send_api(message, text)


def _messenger_location(message: OutboundMessage) -> dict[str, Any]:
    return _location(message, text_limit_messenger)


def _instagram_location(message: OutboundMessage) -> dict[str, Any]:
    return _location(message, text_limit_instagram)


def _location(message: OutboundMessage, text_limit: Callable[[str], str | None]) -> dict[str, Any]:
    from chalicelib.platforms import _forms  # late: few messages are one

    text = _forms.as_text(_forms.checked_location(message))
    return {"text": checked_text(text, text_limit(text))}


def _feedback(message: OutboundMessage) -> dict[str, Any]:
    from chalicelib.platforms import _forms  # late: few messages are one

    return _attachment("template", _forms.feedback(message))


def _messenger_template(message: OutboundMessage) -> dict[str, Any]:
    # Page messenger-platform/send-messages/utility-messages (2026-03-13).
    return {"template": checked_template(message)}


def _opt_in_request(message: OutboundMessage) -> dict[str, Any]:
    if not message.title or not message.topic:
        raise refused("title_or_topic_missing")
    if len(message.title) > OPT_IN_TITLE_CHARACTERS:
        raise refused("title_too_long")
    payload = {
        "template_type": "one_time_notif_req",
        "title": message.title,
        "payload": message.topic,
    }
    return _attachment("template", payload)


def _attachment(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"attachment": {"type": kind, "payload": payload}}


def _not_offered(message: OutboundMessage) -> dict[str, Any]:
    raise refused(f"kind_not_offered_{message.kind}")


_MESSENGER_CONTENT = {
    MessageKind.TEXT: _messenger_text,
    MessageKind.TEMPLATE: _messenger_template,
    MessageKind.OPT_IN_REQUEST: _opt_in_request,
    MessageKind.LOCATION: _messenger_location,
    MessageKind.FEEDBACK: _feedback,
}
# Templates of Meta's review and one-time notifications do not exist there (policy, 2026-09-11).
_INSTAGRAM_CONTENT = {
    MessageKind.TEXT: _instagram_text,
    MessageKind.LOCATION: _instagram_location,
}
