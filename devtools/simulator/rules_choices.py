"""Are these quick replies, buttons, forms and pins such as the platform shows?

Messenger: send-messages and the pages of its templates (2026-09-11). Instagram: send-message and
button-template (2026-04-01). WhatsApp: the pages of interactive and location messages (2025-11).
"""

from __future__ import annotations

from typing import Any

from devtools.simulator.errors import parameter, whatsapp

QUICK_REPLIES = 13
TITLE = 20
PAYLOAD = 1000
BUTTON_TEXT = 640
FILLED_IN = {"user_phone_number", "user_email"}
FEEDBACK = {"title": 65, "subtitle": 80, "button_title": 20}
FEEDBACK_TYPES = {"csat", "nps", "ces"}
# Of an interactive message: its kind -> how long the body may be.
BODIES = {"button": 1024, "list": 4096, "cta_url": 1024}
ROWS = 10
ROW_TITLE, ROW_ID, REPLY_ID = 24, 200, 256


def check_quick_replies(platform: str, replies: Any) -> None:
    """Raises GraphError (100) for what Messenger and Instagram do not show under a message."""
    if not isinstance(replies, list) or len(replies) > QUICK_REPLIES:
        raise parameter("param message[quick_replies] must have at most 13 elements")
    for reply in replies:
        kind = reply.get("content_type")
        if kind in FILLED_IN and platform == "messenger":
            continue
        if kind != "text" or not _fits(reply.get("title"), TITLE):
            raise parameter("param quick_replies: content_type, or title of 20 characters")
        if not _fits(reply.get("payload"), PAYLOAD):
            raise parameter("param quick_replies[payload] must have 1 to 1000 characters")


def check_template(platform: str, payload: dict[str, Any]) -> None:
    """Raises GraphError (100) for a template that would not be shown."""
    kind = payload.get("template_type")
    if kind == "button":
        _check_buttons(payload)
    elif kind == "customer_feedback" and platform == "messenger":
        _check_feedback(payload)
    elif kind != "one_time_notif_req" or platform != "messenger":
        raise parameter("param message[attachment][payload][template_type] is not offered")


def _check_buttons(payload: dict[str, Any]) -> None:
    buttons = payload.get("buttons")
    if not _fits(payload.get("text"), BUTTON_TEXT):
        raise parameter("param payload[text] must have 1 to 640 characters")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise parameter("param payload[buttons] must have 1 to 3 elements")
    for button in buttons:
        what = {"web_url": "url", "postback": "payload"}.get(str(button.get("type")), "")
        if not _fits(button.get("title"), TITLE) or not _fits(button.get(what), PAYLOAD):
            raise parameter("param payload[buttons]: type, title, url or payload")


def _check_feedback(payload: dict[str, Any]) -> None:
    if not all(_fits(payload.get(name), most) for name, most in FEEDBACK.items()):
        raise parameter("param payload: title, subtitle and button_title")
    if not str((payload.get("business_privacy") or {}).get("url", "")).startswith("https://"):
        raise parameter("param payload[business_privacy][url] is required")
    if payload.get("expires_in_days", 1) not in range(1, 8):
        raise parameter("param payload[expires_in_days] must be from 1 to 7")
    asked = [one for screen in payload.get("feedback_screens", []) for one in screen["questions"]]
    if not asked or any(one.get("type") not in FEEDBACK_TYPES or not one["id"] for one in asked):
        raise parameter("param payload[feedback_screens] needs questions with id and type")


def check_interactive(interactive: dict[str, Any]) -> None:
    """Raises GraphError for an interactive message that WhatsApp does not take."""
    kind, action = str(interactive.get("type")), interactive.get("action")
    if kind not in BODIES or not isinstance(action, dict):
        raise whatsapp(131009, "Parameter value is not valid", "interactive.type or action")
    if not _fits((interactive.get("body") or {}).get("text"), BODIES[kind]):
        raise whatsapp(131009, "Parameter value is not valid", f"body.text: at most {BODIES[kind]}")
    {"button": _check_replies, "list": _check_list, "cta_url": _check_link}[kind](action)


def _check_replies(action: dict[str, Any]) -> None:
    replies = [button.get("reply", {}) for button in action.get("buttons", [])]
    if not 1 <= len(replies) <= 3:
        raise whatsapp(131009, "Parameter value is not valid", "1 to 3 buttons")
    _check_options(replies, title=TITLE, id_=REPLY_ID)


def _check_list(action: dict[str, Any]) -> None:
    rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
    if not 1 <= len(rows) <= ROWS or not _fits(action.get("button"), TITLE):
        raise whatsapp(131009, "Parameter value is not valid", "a button and 1 to 10 rows")
    _check_options(rows, title=ROW_TITLE, id_=ROW_ID)


def _check_options(options: list[dict[str, Any]], *, title: int, id_: int) -> None:
    if not all(_fits(one.get("title"), title) and _fits(one.get("id"), id_) for one in options):
        raise whatsapp(131009, "Parameter value is not valid", "title or id is missing or too long")
    if len({one["id"] for one in options}) < len(options):
        raise whatsapp(131009, "Parameter value is not valid", "duplicated ids")


def _check_link(action: dict[str, Any]) -> None:
    link = action.get("parameters") or {}
    is_link = action.get("name") == "cta_url" and _fits(link.get("display_text"), TITLE)
    if not is_link or not str(link.get("url", "")).startswith(("https://", "http://")):
        raise whatsapp(131009, "Parameter value is not valid", "display_text and url")


def check_location(location: dict[str, Any]) -> None:
    """Raises GraphError for a place that is nowhere."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = location.get(name)
        if not isinstance(value, int | float) or abs(value) > most:
            raise whatsapp(131009, "Parameter value is not valid", f"location.{name}")


def _fits(text: Any, most: int) -> bool:
    return isinstance(text, str) and 1 <= len(text) <= most
