"""Whom a WhatsApp item is about: business-scoped user id, phone and name, each of which may be
missing.

Since April 2026 webhooks carry BSUIDs, and the phone may be absent or empty (WhatsApp changelog,
2026-06-26).
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.events import Item
from chalicelib.platforms._values import ident, listed, mapping, moment, text

_SHARED = ("metadata", "contacts", "errors")
# Where an item names its customer, by section; user ids first.
_USER_IDS = ("from_user_id", "recipient_user_id", "to_user_id", "user_id")
_PAIRS = (("from_user_id", "from"), ("to_user_id", "to"), ("user_id", "wa_id"))
_NO_FRAME: dict[str, Any] = {}
_PHONES = ("from", "recipient_id", "to", "wa_id")


def frame_of(value: dict[str, Any]) -> dict[str, Any]:
    """What the items of a value share."""
    frame: dict[str, Any] = {}
    for key in _SHARED:
        if key in value:
            frame[key] = value[key]
    if "contacts" in frame:
        frame["contacts"] = _contacts(frame["contacts"])
    return frame


def _contacts(raw: Any) -> list[dict[str, Any]]:
    if type(raw) is list and len(raw) == 1 and type(raw[0]) is dict:
        return raw  # nearly always
    return [contact for contact in listed(raw) if type(contact) is dict]


def narrowed(frame: dict[str, Any], rows: list[Any]) -> list[tuple[Any, dict[str, Any]]]:
    """Each item with its own contacts: a queue message must not carry a thousand strangers."""
    by_name = {
        name: contact
        for contact in frame["contacts"]
        for name in (ident(contact.get("wa_id")), ident(contact.get("user_id")))
        if name is not None
    }
    return [(row, {**frame, "contacts": _own(mapping(row), by_name)}) for row in rows]


def _own(row: dict[str, Any], by_name: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    named = (ident(row.get(key)) for key in _USER_IDS + _PHONES)
    found = [by_name[name] for name in named if name in by_name]
    return [contact for place, contact in enumerate(found) if contact not in found[:place]]


def contact_of(item: Item, *, user_id: Any, phone: Any) -> tuple[str | None, str | None]:
    """The customer's key and name: the BSUID when there is one, else the phone."""
    key, number = ident(user_id), ident(phone)
    contacts = (item.frame or _NO_FRAME).get("contacts")
    if not contacts:
        return key or number, None
    contact = contacts[0] if len(contacts) == 1 else _matching(contacts, key, number)
    return key or _key(contact, number), _name(contact)


def phone_beside(item: Item, user_id: str) -> str | None:
    """The phone that the item tells of the customer with this user id: beside it in the body, else
    in the list of contacts."""
    body = item.body if type(item.body) is dict else _NO_FRAME
    for of_id, of_phone in _PAIRS:
        phone = ident(body.get(of_phone))
        if phone is not None and ident(body.get(of_id)) == user_id:
            return phone
    contacts = (item.frame or _NO_FRAME).get("contacts") or ()
    phones = (ident(c.get("wa_id")) for c in contacts if ident(c.get("user_id")) == user_id)
    return next((phone for phone in phones if phone is not None), None)


def _matching(contacts: list[Any], key: str | None, number: str | None) -> dict[str, Any]:
    wanted = {key, number} - {None}
    named = (c for c in contacts if not wanted.isdisjoint({c.get("user_id"), c.get("wa_id")}))
    return next(named, {})


def _key(contact: dict[str, Any], number: str | None) -> str | None:
    """A number that is not the contact's own stands for itself."""
    theirs, wa_id = ident(contact.get("user_id")), ident(contact.get("wa_id"))
    if number is not None and wa_id is not None and number != wa_id:
        return number
    return theirs or number or wa_id


def _name(contact: dict[str, Any]) -> str | None:
    profile = contact.get("profile")
    return text(profile.get("name")) if type(profile) is dict else None


def channel_of(item: Item) -> str | None:
    """The phone_number_id that received or sent it."""
    metadata = (item.frame or _NO_FRAME).get("metadata")
    return ident(metadata.get("phone_number_id")) if type(metadata) is dict else None


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
