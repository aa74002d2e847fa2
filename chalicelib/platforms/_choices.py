"""Quick replies and buttons under a text: what each platform takes, and how it wants them.

Few messages have any, so this is imported late.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from chalicelib.core import attachments
from chalicelib.core.messages import Button, OutboundMessage, QuickReply

Problem = tuple[str, str]  # the field at fault and what was expected there

TITLE_CHARACTERS = 20
PAYLOAD_CHARACTERS = 256  # of a reply button on WhatsApp; elsewhere 1000
# WhatsApp shows up to three replies as buttons, more as a list (interactive-reply-buttons-messages
# and interactive-list-messages, 2025-11).
WHATSAPP_BUTTONS = 3
WHATSAPP_ROW_ID_CHARACTERS = 200
WHATSAPP_LIST_LABEL = "Menu"  # where nobody named one


class Rule(Struct, frozen=True, kw_only=True):
    """What one platform takes. `text`: the longest text above quick replies, above more of them
    than fit on buttons, and above buttons; in characters, None: as without any."""

    quick_replies: int
    kinds: tuple[str, ...] = ("text",)
    both: bool = False  # quick replies and buttons at once
    text_above_few: int | None = None
    text_above_many: int | None = None
    text_above_buttons: int


RULES = {
    # messenger-platform/send-messages (2026-09-11): 13 quick replies; templates/button: 3 buttons
    # below at most 640 characters.
    "messenger": Rule(
        quick_replies=13,
        kinds=("text", "user_phone_number", "user_email"),
        both=True,
        text_above_buttons=640,
    ),
    # instagram-messaging/features/send-message (2026-09-11): text quick replies only;
    # instagram-messaging/button-template (2026-04-01).
    "instagram": Rule(quick_replies=13, text_above_buttons=640),
    # whatsapp/messages/interactive-* (2025-11): body 1024, of a list 4096; at most 10 rows.
    "whatsapp": Rule(
        quick_replies=10, text_above_few=1024, text_above_many=4096, text_above_buttons=1024
    ),
}
BUTTONS = 3  # on every platform


def problem_on(
    platform: str, text: str | None, quick_replies: Sequence[QuickReply], buttons: Sequence[Button]
) -> Problem | None:
    """The field at fault and what was expected; None if the platform takes them under this text."""
    if not quick_replies and not buttons:
        return None
    rule = RULES[platform]
    if quick_replies and buttons and not rule.both:
        return "buttons", "nothing: here a text has either buttons or quick replies"
    return (
        _wrong_replies(rule, quick_replies)
        or _wrong_buttons(buttons)
        or (_wrong_on_whatsapp(quick_replies, buttons) if platform == "whatsapp" else None)
        or _wrong_text(rule, text, quick_replies, buttons)
    )


def on_send_api(message: OutboundMessage, text: str) -> dict[str, Any]:
    """The `message` of a Send API body that has been checked by `problem_on`."""
    content: dict[str, Any] = {"text": text}
    if message.buttons:
        buttons = [_button(button) for button in message.buttons]
        payload = {"template_type": "button", "text": text, "buttons": buttons}
        content = {"attachment": {"type": "template", "payload": payload}}
    if message.quick_replies:
        content["quick_replies"] = [_quick_reply(reply) for reply in message.quick_replies]
    return content


def on_cloud_api(message: OutboundMessage, text: str) -> dict[str, Any]:
    """The interactive message of a Cloud API body that has been checked by `problem_on`."""
    options = [(one.title or "", one.payload) for one in message.quick_replies or message.buttons]
    if message.buttons and message.buttons[0].url:
        kind, action = "cta_url", _link(message.buttons[0])
    elif len(options) <= WHATSAPP_BUTTONS:
        replies = [{"id": payload or title, "title": title} for title, payload in options]
        kind, action = "button", {"buttons": [{"type": "reply", "reply": one} for one in replies]}
    else:
        rows = [{"id": payload or title, "title": title} for title, payload in options]
        label = message.title or WHATSAPP_LIST_LABEL
        kind, action = "list", {"button": label, "sections": [{"rows": rows}]}
    interactive = {"type": kind, "body": {"text": text}, "action": action}
    return {"type": "interactive", "interactive": interactive}


def _wrong_replies(rule: Rule, replies: Sequence[QuickReply]) -> Problem | None:
    if len(replies) > rule.quick_replies:
        return "quick_replies", f"at most {rule.quick_replies}"
    for index, reply in enumerate(replies):
        path = f"quick_replies[{index}]"
        if reply.kind not in rule.kinds:
            return f"{path}.kind", " or ".join(rule.kinds)
        if reply.kind != "text" and (reply.title or reply.payload):
            return path, "no title and no payload: the platform fills it in"
        if reply.kind == "text" and not _is_title(reply.title):
            return f"{path}.title", f"1 to {TITLE_CHARACTERS} characters"
        if len(reply.payload or "") > PAYLOAD_CHARACTERS:
            return f"{path}.payload", f"at most {PAYLOAD_CHARACTERS} characters"
    return _repeated("quick_replies", [reply.title or reply.kind for reply in replies])


def _wrong_buttons(buttons: Sequence[Button]) -> Problem | None:
    if len(buttons) > BUTTONS:
        return "buttons", f"at most {BUTTONS}"
    for index, button in enumerate(buttons):
        path = f"buttons[{index}]"
        if not _is_title(button.title):
            return f"{path}.title", f"1 to {TITLE_CHARACTERS} characters"
        if bool(button.payload) == bool(button.url):
            return path, "either a payload or a url"
        if len(button.payload or "") > PAYLOAD_CHARACTERS:
            return f"{path}.payload", f"at most {PAYLOAD_CHARACTERS} characters"
        if button.url and not attachments.is_public_address(button.url):
            return f"{path}.url", attachments.ADDRESS
    return _repeated("buttons", [button.title for button in buttons])


def _wrong_on_whatsapp(replies: Sequence[QuickReply], buttons: Sequence[Button]) -> Problem | None:
    if any(button.url for button in buttons) and len(buttons) > 1:
        return "buttons", "a button with a url alone"
    ids = [reply.payload or reply.title or "" for reply in replies]
    ids += [button.payload for button in buttons if button.payload]
    if len(replies) > WHATSAPP_BUTTONS and max(map(len, ids)) > WHATSAPP_ROW_ID_CHARACTERS:
        return "quick_replies", f"payloads of at most {WHATSAPP_ROW_ID_CHARACTERS} characters"
    return _repeated("quick_replies" if replies else "buttons", ids)


def _wrong_text(
    rule: Rule, text: str | None, replies: Sequence[QuickReply], buttons: Sequence[Button]
) -> Problem | None:
    if not text:
        return "text", "a text above the choices"
    above_replies = (
        rule.text_above_few if len(replies) <= WHATSAPP_BUTTONS else rule.text_above_many
    )
    most = rule.text_above_buttons if buttons else above_replies
    if most is None or len(text) <= most:
        return None
    return "text", f"at most {most} characters above these choices, this has {len(text)}"


def _repeated(field: str, names: Sequence[str]) -> Problem | None:
    return None if len(set(names)) == len(names) else (field, "titles and payloads that differ")


def _is_title(title: str | None) -> bool:
    return title is not None and bool(title.strip()) and len(title) <= TITLE_CHARACTERS


def _quick_reply(reply: QuickReply) -> dict[str, str]:
    if reply.kind != "text":
        return {"content_type": reply.kind}
    title = reply.title or ""
    return {"content_type": "text", "title": title, "payload": reply.payload or title}


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"type": "web_url", "title": button.title, "url": button.url}
    return {"type": "postback", "title": button.title, "payload": button.payload or ""}


def _link(button: Button) -> dict[str, Any]:
    shown = {"display_text": button.title, "url": button.url}
    return {"name": "cta_url", "parameters": shown}
