"""Deliveries of WhatsApp, cut into items and read one by one.

One POST may hold up to 1000 updates; a value holds messages, statuses, errors, or several of them
(WhatsApp, webhooks overview, 2025-12-02).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.core.events import Event, Item
from chalicelib.platforms import _whatsapp_messages, _whatsapp_notices
from chalicelib.platforms._values import field_name, ident, keys, listed, mapping, text, unknown
from chalicelib.platforms._whatsapp_contact import channel_of, frame_of, narrowed

_Reader = Callable[[Item, dict[str, Any]], Event | None]

_READERS: dict[str, _Reader] = _whatsapp_messages.READERS | _whatsapp_notices.READERS
_LISTS = frozenset(_READERS) - {"changes"}


def walk(payload: dict[str, Any]) -> Iterator[Item]:
    """The items of a delivery; an entry or change that holds none becomes an item that says so."""
    kind = payload["object"]
    for entry in listed(payload.get("entry")):
        if type(entry) is not dict:
            yield Item(kind, "entry", entry, problem=f"entry: {keys(entry)}")
            continue
        entry_id, time = ident(entry.get("id")), entry.get("time")
        outer = (kind, entry_id, time if type(time) in (int, str, float) else None)
        changes = listed(entry.get("changes"))
        if not changes:
            yield _problem(outer, "entry", entry, f"empty entry, {keys(entry)}")
        for change in changes:
            yield from _cut(outer, change)


_Outer = tuple[str, str | None, Any]


def _problem(outer: _Outer, section: str, body: Any, problem: str) -> Item:
    kind, entry_id, time = outer
    return Item(kind, section, body, entry_id, time, problem=problem)


def _cut(outer: _Outer, change: Any) -> list[Item]:
    if type(change) is not dict or type(change.get("value")) is not dict:
        return [_problem(outer, "changes", change, f"change without value, {keys(change)}")]
    field, value = text(change.get("field")), change["value"]
    kind, entry_id, time = outer
    frame = frame_of(value)
    if field in _whatsapp_notices.NOTICES:
        return [Item(kind, "changes", value, entry_id, time, field, frame)]
    items = [
        Item(kind, section, body, entry_id, time, field, inner)
        for section, rows in value.items()
        if section in _LISTS
        for body, inner in _rows(section, rows, frame)
    ]
    return items or [Item(kind, "changes", value, entry_id, time, field, frame)]


def _rows(section: str, rows: Any, frame: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    if section == "errors":
        return [({"errors": rows}, frame)] if rows else []
    if section == "history":
        return [row for chunk in listed(rows) for row in _whatsapp_notices.history(chunk, frame)]
    if len(frame.get("contacts", ())) > 1:
        return [(row, narrowed(frame, mapping(row))) for row in listed(rows)]
    return [(row, frame) for row in listed(rows)]


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
