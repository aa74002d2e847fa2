"""What Messenger and Instagram tell beside messages: taps, consent, handover, forms, notices.

Rules: Messenger Platform, webhook events (postbacks 2026-02-26, optins 2023-06-20, referrals
2025-07-01,
handovers 2021-09-14, response_feedback 2024-10-08); one-time notification: docs of the old tree,
undated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.events import (
    AccountLinkChanged,
    AppRolesChanged,
    Event,
    FeedbackGiven,
    Item,
    LeadSubmitted,
    OptedIn,
    OptedOut,
    OrderPlaced,
    OtherReported,
    PolicyEnforced,
    Postback,
    Referral,
    Referred,
    ReplyRated,
    ThreadControlChanged,
)
from chalicelib.platforms._messaging_ends import head
from chalicelib.platforms._parts import referral
from chalicelib.platforms._values import fingerprint, ident, mapping, objects, text, to_utc

_OPT_IN_KINDS = {"one_time_notif_req": "one_time", "notification_messages": "recurring"}
_STOP, _RESUME = "STOP NOTIFICATIONS", "RESUME NOTIFICATIONS"
_THREAD_ACTIONS = {
    "pass_thread_control": "passed",
    "take_thread_control": "taken",
    "request_thread_control": "requested",
}
# Retired or without meaning for us, kept by name.
_OTHERS = (
    "game_play",
    "payment",
    "checkout_update",
    "pre_checkout",
    "branded_camera",
    "fblogin_account_linking",
    "message_request",
    "template",
    "hop_context",
)


def _named(item: Item, body: dict[str, Any], kind: str) -> dict[str, Any]:
    common = head(item, body)
    name = f"{common['platform']}:{common['channel_id']}:{kind}:{fingerprint(item)}"
    return {"event_id": name, **common}


def postback(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """In standby, and for a button of another app, there is no payload; `mid` came with v11."""
    if type(raw) is not dict:
        return None
    common = _named(item, body, "postback")
    mid = ident(raw.get("mid"))
    if mid is not None:
        common["event_id"] = f"{common['platform']}:{common['channel_id']}:{mid}"
    return Postback(
        message_id=mid,
        title=text(raw.get("title")),
        payload=text(raw.get("payload")),
        referral=referral(raw.get("referral")),
        **common,
    )


def referred(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Through a link or ad into an existing thread; a lead ad's answers stand beside it."""
    if type(raw) is not dict:
        return None
    kind = raw.get("type")
    if "lead" in body or kind in ("LEAD_COMPLETE", "LEAD_INCOMPLETE"):
        return LeadSubmitted(
            is_complete=kind != "LEAD_INCOMPLETE",
            answers=objects(mapping(body.get("lead")).get("data")),
            referral=referral(raw),
            **_named(item, body, "lead"),
        )
    return Referred(referral=referral(raw) or Referral(), **_named(item, body, "referral"))


def lead_form(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """A form filled in inside the thread (shape from one sample)."""
    form = mapping(mapping(raw).get("form")) or mapping(raw)
    return LeadSubmitted(
        is_complete=True, form_id=ident(form.get("id")), **_named(item, body, "lead_form")
    )


def opt_in(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Consent: for one notification, for marketing messages, or through a plugin, which alone has
    no type and opens the window: what a type that we do not know means is not guessed."""
    kind = _opt_in_kind(raw)
    if kind is None:
        return None
    common = _named(item, body, "optin")
    common["contact_id"] = common["contact_id"] or ident(raw.get("user_ref"))
    topic = text(raw.get("payload")) or text(raw.get("ref"))
    token = text(raw.get("one_time_notif_token")) or text(raw.get("notification_messages_token"))
    if raw.get("notification_messages_status") == _STOP:
        return OptedOut(kind=kind, topic=topic, token=token, **common)
    return OptedIn(
        kind=kind,
        topic=topic,
        token=token,
        title=text(raw.get("title")),
        expires_at=to_utc(raw.get("token_expiry_timestamp")),
        is_resumed=raw.get("notification_messages_status") == _RESUME,
        **common,
    )


def _opt_in_kind(raw: Any) -> str | None:
    if type(raw) is not dict:
        return None
    return "plugin" if raw.get("type") is None else _OPT_IN_KINDS.get(str(raw["type"]))


def account_linking(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """`status` is linked or unlinked; an unlink carries no code."""
    if type(raw) is not dict:
        return None
    return AccountLinkChanged(
        is_linked=raw.get("status") == "linked",
        authorization_code=text(raw.get("authorization_code")),
        **_named(item, body, "account_linking"),
    )


def policy_enforcement(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """About the Page, so without a sender; spelled with a hyphen in older deliveries."""
    if type(raw) is not dict:
        return None
    return PolicyEnforced(
        action=text(raw.get("action")),
        reason=text(raw.get("reason")),
        **_named(item, body, "policy_enforcement"),
    )


def thread_control(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """App ids come as strings and as numbers; no previous owner means an idle thread."""
    action = next(word for key, word in _THREAD_ACTIONS.items() if key in body)
    if type(raw) is not dict:
        return None
    return ThreadControlChanged(
        action=action,
        app_id=ident(raw.get("new_owner_app_id")) or ident(raw.get("requested_owner_app_id")),
        previous_app_id=ident(raw.get("previous_owner_app_id")),
        metadata=text(raw.get("metadata")),
        **_named(item, body, action),
    )


def app_roles(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """App id -> roles; no sender."""
    if type(raw) is not dict:
        return None
    roles = {
        app_id: tuple(name for name in names if type(name) is str)
        for app_id, names in raw.items()
        if type(names) is list
    }
    return AppRolesChanged(roles=roles, **_named(item, body, "app_roles"))


def reply_rated(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Thumbs under a reply: Good response, Bad response (since 2024-10-08)."""
    if type(raw) is not dict:
        return None
    common = _named(item, body, "response_feedback")
    mid = ident(raw.get("mid"))
    if mid is not None:
        common["event_id"] += f":{mid}"
    return ReplyRated(message_id=mid, rating=text(raw.get("feedback")), **common)


def feedback(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """The answer to the customer-feedback template."""
    if type(raw) is not dict:
        return None
    screens = objects(raw.get("feedback_screens"))
    return FeedbackGiven(screens=screens, **_named(item, body, "feedback"))


def order(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """A cart sent in the thread (field `send_cart`)."""
    if type(raw) is not dict:
        return None
    return OrderPlaced(
        products=objects(raw.get("products")),
        note=text(raw.get("note")),
        **_named(item, body, "order"),
    )


def other(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Named by the first key that is one of them."""
    kind = next(key for key in body if key in _OTHERS)
    return OtherReported(kind=kind, **_named(item, body, kind))


READERS: dict[str, Callable[[Item, dict[str, Any], Any], Event | None]] = {
    "postback": postback,
    "referral": referred,
    "optin": opt_in,
    "account_linking": account_linking,
    "policy_enforcement": policy_enforcement,
    "policy-enforcement": policy_enforcement,
    "app_roles": app_roles,
    "response_feedback": reply_rated,
    "messaging_feedback": feedback,
    "order": order,
    "form": lead_form,
    "messaging_in_thread_lead_form_submit": lead_form,
    **dict.fromkeys(_THREAD_ACTIONS, thread_control),
    **dict.fromkeys(_OTHERS, other),
}
