"""Deliveries of WhatsApp, cut into items and read one by one.

One POST may hold up to 1000 updates; a value holds messages, statuses, errors, or several of them
(WhatsApp, webhooks overview, 2025-12-02).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.core.events import Event, Item
from chalicelib.platforms import _whatsapp_messages, _whatsapp_notices
from chalicelib.platforms._values import field_name, ident, keys, listed, number, text, unknown
from chalicelib.platforms._whatsapp_contact import channel_of, frame_of, narrowed

_Reader = Callable[[Item, dict[str, Any]], Event | None]

_READERS: dict[str, _Reader] = _whatsapp_messages.READERS | _whatsapp_notices.READERS
_LISTS = frozenset(_READERS) - {"changes"}


def walk(payload: dict[str, Any]) -> Iterator[Item]:
    """The items of a delivery; an entry or change that holds none becomes an item that says so."""
    kind = payload["object"]
    items: list[Item] = []
    for entry in listed(payload.get("entry")):
        if type(entry) is dict:
            items += _entry(kind, entry)
        else:
            items.append(Item(kind, "entry", entry, problem=f"entry: {keys(entry)}"))
    return iter(items)


def _entry(kind: str, entry: dict[str, Any]) -> list[Item]:
    entry_id, time = ident(entry.get("id")), number(entry.get("time"))
    items: list[Item] = []
    for change in listed(entry.get("changes")):
        value = change.get("value") if type(change) is dict else None
        if type(value) is dict:
            items += _cut(Item(kind, "changes", value, entry_id, time, text(change.get("field"))))
        else:
            problem = f"change without value, {keys(change)}"
            items.append(Item(kind, "changes", change, entry_id, time, problem=problem))
    if items:
        return items
    problem = f"empty entry, {keys(entry)}"
    return [Item(kind, "entry", entry, entry_id, time, problem=problem)]


def _cut(change: Item) -> list[Item]:
    """The items of a change; one of its own if it has no list that we know."""
    value = change.body
    frame = frame_of(value)
    items: list[Item] = []
    if change.field not in _whatsapp_notices.NOTICES:
        for section in value:
            if section in _LISTS:
                items += _listed(change, section, value[section], frame)
    return items or [_within(change, "changes", value, frame)]


def _listed(change: Item, section: str, rows: Any, frame: dict[str, Any]) -> list[Item]:
    if section == "errors":
        return [_within(change, section, {"errors": rows}, frame)] if rows else []
    if section == "history":
        old = [row for chunk in listed(rows) for row in _whatsapp_notices.history(chunk, frame)]
        return [_within(change, section, body, around) for body, around in old]
    if len(frame.get("contacts", ())) > 1:
        own = narrowed(frame, listed(rows))
        return [_within(change, section, body, around) for body, around in own]
    return [_within(change, section, body, frame) for body in listed(rows)]


def _within(change: Item, section: str, body: Any, frame: dict[str, Any]) -> Item:
    kind, entry_id, time = change.object, change.entry_id, change.entry_time
    return Item(kind, section, body, entry_id, time, change.field, frame)


def read(item: Item) -> Event:
    """The one event that the item is."""
    try:
        return _read(item)
    except Exception as error:  # noqa: BLE001 - no item may block the others
        return _unknown(item, f"{type(error).__name__} while reading {item.section}")


def _read(item: Item) -> Event:
    if item.problem is not None or type(item.body) is not dict:
        return _unknown(item, item.problem or f"{item.section}: {keys(item.body)}")
    event = _READERS[item.section](item, item.body)
    return event or _unknown(item, f"{field_name(item.field)}, {item.section}, {keys(item.body)}")


def _unknown(item: Item, reason: str) -> Event:
    return unknown(item, reason, platform="whatsapp", channel_id=channel_of(item))
