"""Is this a well-formed message, and within the published lengths?"""

from __future__ import annotations

import re
from typing import Any

from devtools.simulator import rules_choices
from devtools.simulator.errors import parameter, whatsapp
from devtools.simulator.rules_attachments import CLOUD_TYPES, check_attachment

RECIPIENT_KEYS = {
    *("id", "user_ref", "comment_id", "post_id"),
    *("one_time_notif_token", "notification_messages_token"),
}
MESSAGING_TYPES = {"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}
CLOUD_CHECKS = {
    "interactive": rules_choices.check_interactive,
    "location": rules_choices.check_location,
}


def checked_message(platform: str, body: dict[str, Any]) -> dict[str, Any]:
    """The `message` of a Send API body. Raises GraphError (100) for a malformed one."""
    recipient, message = body.get("recipient"), body.get("message")
    if not isinstance(recipient, dict) or len(RECIPIENT_KEYS & recipient.keys()) != 1:
        raise parameter("param recipient must have exactly one of its keys")
    if not isinstance(message, dict):
        raise parameter("param message must be non-empty")
    if body.get("messaging_type", "RESPONSE") not in MESSAGING_TYPES:
        raise parameter("param messaging_type is unknown")
    _check_platform(platform, recipient, message)
    _check_content(platform, message)
    return message


def _check_platform(platform: str, recipient: dict[str, Any], message: dict[str, Any]) -> None:
    if platform != "instagram":
        return
    if not {"id", "comment_id"} & recipient.keys() or "template" in message:
        raise parameter("Not supported for Instagram")


def _check_content(platform: str, message: dict[str, Any]) -> None:
    text, attachment = message.get("text"), message.get("attachment")
    if (text is None) == (attachment is None) and "template" not in message:
        raise parameter("param message must have text or attachment")
    if text is not None:
        _check_text(platform, text)
    if attachment is not None:
        check_attachment(platform, attachment)
        if attachment["type"] == "template":
            rules_choices.check_template(platform, attachment["payload"])
    if len(str(message.get("metadata", ""))) >= 1000:
        raise parameter("param message[metadata] must be under 1000 characters")
    rules_choices.check_quick_replies(platform, message.get("quick_replies", []))


def _check_text(platform: str, text: Any) -> None:
    if not isinstance(text, str) or not text:
        raise parameter("param message[text] must be a non-empty string")
    if platform == "messenger" and len(text) >= 2000:
        raise parameter("Length of param message[text] must be less than 2000")
    if platform == "instagram" and len(text.encode("utf-8", "surrogatepass")) > 1000:
        raise parameter("Length of param message[text] must be at most 1000 bytes")


def opt_in_request(message: dict[str, Any]) -> tuple[str | None, str | None]:
    """Title and topic of a request for a one-time notification; Nones for any other message."""
    payload = (message.get("attachment") or {}).get("payload") or {}
    if payload.get("template_type") != "one_time_notif_req":
        return None, None
    title, topic = payload.get("title"), payload.get("payload")
    if not title or not topic or len(title) > 65:
        raise parameter("one_time_notif_req needs a payload and a title of 65 characters at most")
    return str(title), str(topic)


def checked_cloud_message(body: dict[str, Any]) -> str:
    """The recipient of a Cloud API body (phone digits or BSUID). Raises GraphError."""
    if body.get("messaging_product") != "whatsapp":
        raise parameter("The parameter messaging_product is required.")
    if len(str(body.get("biz_opaque_callback_data", ""))) > 512:
        raise whatsapp(131009, "Parameter value is not valid", "biz_opaque_callback_data: 512")
    if body.get("type") not in ("text", "template", *CLOUD_CHECKS, *CLOUD_TYPES):
        raise whatsapp(131009, "Parameter value is not valid", "type is not known here")
    if not isinstance(body.get(body["type"]), dict):
        raise whatsapp(131008, "Required parameter is missing", str(body["type"]))
    if body["type"] == "text":
        _check_cloud_text(body["text"].get("body"))
    if body["type"] in CLOUD_CHECKS:
        CLOUD_CHECKS[body["type"]](body[body["type"]])
    return _cloud_recipient(body)


def _check_cloud_text(text: Any) -> None:
    if not isinstance(text, str) or not 1 <= len(text) <= 4096:
        raise whatsapp(100, "Invalid parameter", "text.body must have 1 to 4096 characters")


def _cloud_recipient(body: dict[str, Any]) -> str:
    """`to` wins if both are given; it needs its plus sign and country code."""
    to = body.get("to")
    if to is None and isinstance(body.get("recipient"), str) and body["recipient"]:
        return str(body["recipient"])
    if not isinstance(to, str) or not re.fullmatch(r"\+[1-9]\d{6,14}", to):
        raise whatsapp(131009, "Parameter value is not valid", "to: plus, country code, number")
    return to.removeprefix("+")
