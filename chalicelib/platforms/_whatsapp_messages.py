"""WhatsApp messages, echoes of the phone app, and statuses.

Rules: WhatsApp, webhooks, messages and statuses (pages of 2025-10 to 2025-12); changelog to
2026-06-26.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.events import (
    ContactChanged,
    Event,
    Item,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    OtherReported,
    Reacted,
    StatusChanged,
)
from chalicelib.platforms._values import fingerprint, ident, mapping, objects, text
from chalicelib.platforms._whatsapp_contact import contact_of, head
from chalicelib.platforms._whatsapp_content import content, referral

# Older spellings stand in older docs (pywa 4.5).
_CHANGES = {
    "user_changed_number": "number",
    "customer_changed_number": "number",
    "user_changed_user_id": "user_id",
    "customer_identity_changed": "identity",
}


def message(item: Item, body: dict[str, Any]) -> Event | None:
    """What a customer did."""
    if not body:
        return None
    contact_id, name = contact_of(item, user_id=body.get("from_user_id"), phone=body.get("from"))
    wamid = ident(body.get("id")) or fingerprint(item)
    common = head(item, contact_id, wamid)
    special = _SPECIAL.get(str(body.get("type")))
    if special is not None:
        return special(body, common)
    said = content(body)
    return MessageReceived(
        message_id=wamid,
        text=said.text,
        attachments=said.attachments,
        payload=said.payload,
        reply_to=ident(mapping(body.get("context")).get("id")),
        referral=referral(body.get("referral")),
        contact_name=name,
        is_unsupported=not said.is_known,
        group_id=ident(body.get("group_id")),
        **common,
    )


def echo(item: Item, body: dict[str, Any]) -> Event | None:
    """A person wrote in the phone app (Coexistence); edits and unsends come the same way."""
    if not body:
        return None
    contact_id, _ = contact_of(item, user_id=body.get("to_user_id"), phone=_other_end(item, body))
    wamid = ident(body.get("id")) or fingerprint(item)
    common = head(item, contact_id, wamid)
    special = _SPECIAL.get(str(body.get("type")))
    if special is not None:
        return special(body, common)
    said = content(body)
    return MessageEchoed(
        message_id=wamid,
        text=said.text,
        attachments=said.attachments,
        is_phone_app=True,
        **common,
    )


def _other_end(item: Item, body: dict[str, Any]) -> str | None:
    """The customer's phone: edits and unsends have been seen with `from` and `to` changed over."""
    to = ident(body.get("to"))
    ours = ident(mapping((item.frame or {}).get("metadata")).get("display_phone_number"))
    return ident(body.get("from")) if to is not None and to == ours else to


def _edit(body: dict[str, Any], common: dict[str, Any]) -> Event | None:
    """Within 15 minutes (Coexistence, announced 2025-11-25)."""
    raw = mapping(body.get("edit"))
    of = ident(raw.get("original_message_id"))
    if of is None:
        return None
    event_id = f"{common['event_id']}:edit:{of}"
    now = content(mapping(raw.get("message"))).text
    return MessageEdited(message_id=of, text=now, **common | {"event_id": event_id})


def _revoke(body: dict[str, Any], common: dict[str, Any]) -> Event | None:
    of = ident(mapping(body.get("revoke")).get("original_message_id"))
    if of is None:
        return None
    return MessageDeleted(
        message_id=of, **common | {"event_id": f"{common['event_id']}:deleted:{of}"}
    )


def _reaction(body: dict[str, Any], common: dict[str, Any]) -> Event | None:
    """An absent or empty emoji takes it back."""
    raw = mapping(body.get("reaction"))
    return Reacted(
        message_id=ident(raw.get("message_id")) or "",
        emoji=text(raw.get("emoji")),
        is_by_business="to" in body,
        **common | {"event_id": f"{common['event_id']}:reaction"},
    )


def _system(body: dict[str, Any], common: dict[str, Any]) -> Event | None:
    """The customer's number or id changed; may come without `from`."""
    raw = mapping(body.get("system"))
    kind = _CHANGES.get(str(raw.get("type")))
    if kind is None:
        return OtherReported(kind="system", **common)
    user_id, phone = ident(raw.get("user_id")), ident(raw.get("wa_id"))
    now = common["contact_id"] if kind == "identity" else user_id or phone or common["contact_id"]
    return ContactChanged(
        kind=kind,
        user_id=user_id,
        phone=phone,
        previous_user_id=ident(raw.get("previous_user_id")) or ident(body.get("from_user_id")),
        previous_phone=ident(body.get("from")),
        **common | {"contact_id": now},
    )


def _welcome(body: dict[str, Any], common: dict[str, Any]) -> Event | None:
    """Somebody opened the chat without writing; Meta stopped sending it on 2026-03-27."""
    return OtherReported(kind="request_welcome", **common)


_SPECIAL: dict[str, Callable[[dict[str, Any], dict[str, Any]], Event | None]] = {
    "edit": _edit,
    "revoke": _revoke,
    "reaction": _reaction,
    "system": _system,
    "request_welcome": _welcome,
}


def status(item: Item, body: dict[str, Any]) -> Event | None:
    """A message of ours moved on. Not every failed one has errors, nor does every error mean
    failed."""
    word, wamid = text(body.get("status")), ident(body.get("id"))
    if word is None or wamid is None:
        return None
    participant = body.get("recipient_participant_user_id") or body.get("recipient_participant_id")
    contact_id, _ = contact_of(
        item,
        user_id=body.get("recipient_user_id") or body.get("recipient_participant_user_id"),
        phone=participant or body.get("recipient_id"),
    )
    return StatusChanged(
        status=word.lower(),
        message_ids=(wamid,),
        callback=text(body.get("biz_opaque_callback_data")),
        errors=objects(body.get("errors")),
        pricing=mapping(body.get("pricing")) or None,
        **head(item, contact_id, f"{wamid}:{word.lower()}:{participant or ''}"),
    )


READERS: dict[str, Callable[[Item, dict[str, Any]], Event | None]] = {
    "messages": message,
    "message_echoes": echo,
    "statuses": status,
}
