"""Whom a WhatsApp item is about: business-scoped user id, phone and name, each of which may be
missing.

Since April 2026 webhooks carry BSUIDs, and the phone may be absent or empty (WhatsApp changelog,
2026-06-26).
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.events import Item
from chalicelib.platforms._values import ident, mapping, moment, objects, text

_SHARED = ("metadata", "contacts", "errors")
# Where an item names its customer, by section; user ids first.
_USER_IDS = ("from_user_id", "recipient_user_id", "to_user_id", "user_id")
_PHONES = ("from", "recipient_id", "to", "wa_id")


def frame_of(value: dict[str, Any]) -> dict[str, Any]:
    """What the items of a value share."""
    frame = {key: value[key] for key in _SHARED if key in value}
    if "contacts" in frame:
        frame["contacts"] = list(objects(frame["contacts"]))
    return frame


def narrowed(frame: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The frame with the item's own contacts only: a queue message must not carry a thousand
    strangers."""
    names = {ident(body.get(key)) for key in _USER_IDS + _PHONES} - {None}
    own = [
        contact
        for contact in frame["contacts"]
        if ident(contact.get("wa_id")) in names or ident(contact.get("user_id")) in names
    ]
    return {**frame, "contacts": own}


def contact_of(item: Item, *, user_id: Any, phone: Any) -> tuple[str | None, str | None]:
    """The customer's key and name: the BSUID when there is one, else the phone."""
    key, number = ident(user_id), ident(phone)
    contacts: list[dict[str, Any]] = (item.frame or {}).get("contacts") or []
    for contact in contacts:
        theirs, wa_id = ident(contact.get("user_id")), ident(contact.get("wa_id"))
        if _is_one_of(theirs, key, number) or _is_one_of(wa_id, key, number):
            return key or theirs or number or wa_id, _name(contact)
    if len(contacts) == 1:
        return key or _only(contacts[0], number), _name(contacts[0])
    return key or number, None


def _is_one_of(name: str | None, *names: str | None) -> bool:
    return name is not None and name in names


def _only(contact: dict[str, Any], number: str | None) -> str | None:
    """The key when the one contact named has another phone than the item, or either has none."""
    theirs, wa_id = ident(contact.get("user_id")), ident(contact.get("wa_id"))
    if number is not None and wa_id is not None:
        return number
    return theirs or number or wa_id


def _name(contact: dict[str, Any]) -> str | None:
    return text(mapping(contact.get("profile")).get("name"))


def channel_of(item: Item) -> str | None:
    """The phone_number_id that received or sent it."""
    return ident(mapping((item.frame or {}).get("metadata")).get("phone_number_id"))


def head(item: Item, contact_id: str | None, name: str) -> dict[str, Any]:
    """What every event says; `name` tells it from others of the channel."""
    channel_id = channel_of(item)
    return {
        "event_id": f"whatsapp:{channel_id}:{name}",
        "platform": "whatsapp",
        "channel_id": channel_id,
        "contact_id": contact_id,
        "occurred_at": moment(item),
        "item": item,
        "is_standby": item.field == "standby",
    }
