"""What WhatsApp tells beside messages: preferences, calls, history, address book, conversions,
notices.

Rules: WhatsApp, webhooks, fields (pages of 2025-10 to 2025-12); changelog to 2026-06-26; the shapes
of
automatic_events, tracking_events and messaging_handovers are those of Meta's test panel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.events import (
    AccountChanged,
    CallReported,
    ContactSynced,
    ConversionDetected,
    Event,
    HistoryReceived,
    Item,
    MarketingMessageReported,
    OptedIn,
    OptedOut,
    PlatformErrorReported,
    ThreadControlChanged,
)
from chalicelib.platforms._values import fingerprint, ident, listed, mapping, objects, text, to_utc
from chalicelib.platforms._whatsapp_contact import contact_of, head
from chalicelib.platforms._whatsapp_content import content
from chalicelib.platforms._whatsapp_messages import status

NOTICES = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "business_capability_update",
        "business_status_update",
        "business_username_update",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "phone_number_username_update",
        "security",
        "template_category_update",
        "template_correct_category_detection",
    }
)
_QUALITY = "message_template_quality_update"


def change(item: Item, body: dict[str, Any]) -> Event | None:
    """A change without a list of its own."""
    if item.field in NOTICES:
        return _notice(item, body)
    return _handover(item, body) if item.field == "messaging_handovers" else None


def _notice(item: Item, body: dict[str, Any]) -> AccountChanged:
    """Meta's own sample of a quality update is labelled as a status update: its key decides."""
    field = _QUALITY if "new_quality_score" in body else item.field or ""
    return AccountChanged(
        field=field,
        change=_changed(body),
        subject_id=ident(body.get("message_template_id"))
        or ident(body.get("display_phone_number")),
        detail=_detail(body),
        name=text(body.get("message_template_name")),
        language=text(body.get("message_template_language")),
        **head(item, None, f"{field}:{fingerprint(item)}"),
    )


def _changed(body: dict[str, Any]) -> str | None:
    """What the field tells: of a category both the notice and the change itself name the category
    that holds now as new (template_category_update, 2025-11)."""
    names = ("event", "decision", "new_quality_score", "new_category")
    return next((word for name in names if (word := text(body.get(name)))), None)


def _detail(body: dict[str, Any]) -> str | None:
    """Of a ban its state, of a pause which one it is."""
    ban = text(mapping(body.get("ban_info")).get("waba_ban_state"))
    return ban or text(mapping(body.get("other_info")).get("title"))


def _handover(item: Item, body: dict[str, Any]) -> ThreadControlChanged | None:
    if "control_passed" not in body:
        return None
    sender = mapping(body.get("sender"))
    contact_id, _ = contact_of(
        item, user_id=sender.get("user_id"), phone=sender.get("phone_number")
    )
    common = head(item, contact_id, f"passed:{fingerprint(item)}")
    channel_id = ident(mapping(body.get("recipient")).get("phone_number_id"))
    return ThreadControlChanged(
        action="passed",
        metadata=text(mapping(body.get("control_passed")).get("metadata")),
        **common | {"channel_id": channel_id or common["channel_id"]},
    )


def preference(item: Item, body: dict[str, Any]) -> Event | None:
    """Marketing messages: stop, resume (since 2024-11-18), signup (2026-06-03)."""
    contact_id, _ = contact_of(item, user_id=body.get("user_id"), phone=body.get("wa_id"))
    common = head(item, contact_id, f"preference:{fingerprint(item)}")
    topic, wish = text(body.get("category")), body.get("value")
    if wish == "stop":
        return OptedOut(kind="marketing", topic=topic, **common)
    if wish in ("resume", "signup"):
        return OptedIn(kind="marketing", topic=topic, is_resumed=wish == "resume", **common)
    return None


def call(item: Item, body: dict[str, Any]) -> Event | None:
    """Calls stand in a list of their own, their ringing among the statuses."""
    direction = text(body.get("direction"))
    is_ours = None if direction is None else direction == "BUSINESS_INITIATED"
    phone = body.get("recipient_id") or body.get("to" if is_ours else "from")
    contact_id, _ = contact_of(item, user_id=_caller(body), phone=phone)
    state = text(body.get("event")) or text(body.get("status"))
    call_id, seconds = ident(body.get("id")), body.get("duration")
    name = f"{call_id}:{state}" if call_id else fingerprint(item)
    return CallReported(
        call_id=call_id,
        state=state.lower() if state else None,
        is_by_business=is_ours,
        duration_seconds=seconds if type(seconds) is int else None,
        callback=text(body.get("biz_opaque_callback_data")),
        **head(item, contact_id, f"call:{name}"),
    )


def _caller(body: dict[str, Any]) -> Any:
    return body.get("from_user_id") or body.get("recipient_user_id") or body.get("to_user_id")


def status_or_call(item: Item, body: dict[str, Any]) -> Event | None:
    """Statuses of messages and of calls share one list."""
    is_call = item.field == "calls" or body.get("type") == "call"
    return call(item, body) if is_call else status(item, body)


def history(chunk: Any, frame: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The messages of a chunk of history, each with its thread's contact; a refusal is an error."""
    chunk = mapping(chunk)
    around = frame | {"history": mapping(chunk.get("metadata"))}
    rows: list[tuple[Any, dict[str, Any]]] = [
        (message, around | {"contacts": [{"wa_id": ident(thread.get("id"))}]})
        for thread in objects(chunk.get("threads"))
        for message in listed(thread.get("messages"))
    ]
    if chunk.get("errors"):
        rows.append(({"errors": chunk["errors"]}, around))
    return rows or [(chunk, around)]


def old_message(item: Item, body: dict[str, Any]) -> Event | None:
    """From before the number was connected (Coexistence: up to 180 days, once)."""
    if "errors" in body and "id" not in body:
        return errors(item, body)
    wamid = ident(body.get("id"))
    if wamid is None:
        return None
    ours = ident(mapping((item.frame or {}).get("metadata")).get("display_phone_number"))
    contact_id, _ = contact_of(item, user_id=body.get("from_user_id"), phone=None)
    said = content(body)
    return HistoryReceived(
        message_id=wamid,
        text=said.text,
        attachments=said.attachments,
        is_by_business=ours is not None and ident(body.get("from")) == ours,
        status=text(mapping(body.get("history_context")).get("status")),
        **head(item, contact_id, f"{wamid}:history"),
    )


def synced(item: Item, body: dict[str, Any]) -> Event | None:
    """`add` also means changed."""
    contact = mapping(body.get("contact"))
    if not contact:
        return None
    at = to_utc(mapping(body.get("metadata")).get("timestamp"))
    phone = contact.get("phone_number")
    contact_id, _ = contact_of(item, user_id=contact.get("user_id"), phone=phone)
    common = head(item, contact_id, f"synced:{fingerprint(item)}")
    return ContactSynced(
        action=text(body.get("action")),
        name=text(contact.get("full_name")) or text(contact.get("first_name")),
        **common | {"occurred_at": at or common["occurred_at"]},
    )


def conversion(item: Item, body: dict[str, Any]) -> Event | None:
    """What Meta takes for a purchase or lead (since 2025-06-05, not in the EU, UK and Japan)."""
    money = mapping(body.get("custom_data"))
    amount = money.get("value")
    return ConversionDetected(
        name=text(body.get("event_name")),
        click_id=text(body.get("ctwa_clid")),
        amount=None if amount is None else str(amount),
        currency=text(money.get("currency")),
        **head(item, None, f"conversion:{ident(body.get('id')) or fingerprint(item)}"),
    )


def click(item: Item, body: dict[str, Any]) -> Event | None:
    """A link of a marketing message was followed."""
    tracking = mapping(body.get("tracking_data"))
    return MarketingMessageReported(
        kind=text(body.get("event_name")) or "click",
        tracking_id=ident(tracking.get("click_id")),
        token=text(tracking.get("tracking_token")),
        **head(item, None, f"click:{fingerprint(item)}"),
    )


def errors(item: Item, body: dict[str, Any]) -> Event | None:
    """Errors of a value: of no message, or beside one."""
    found = objects(body.get("errors"))
    if not found:
        return None
    return PlatformErrorReported(errors=found, **head(item, None, f"errors:{fingerprint(item)}"))


READERS: dict[str, Callable[[Item, dict[str, Any]], Event | None]] = {
    "changes": change,
    "statuses": status_or_call,
    "calls": call,
    "user_preferences": preference,
    "history": old_message,
    "state_sync": synced,
    "automatic_events": conversion,
    "events": click,
    "errors": errors,
}
