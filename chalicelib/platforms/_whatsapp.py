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
_SPECIAL_LISTS = frozenset({"errors", "history"})
_Row = tuple[str, Any, dict[str, Any]]  # section, body, frame


def walk(payload: dict[str, Any]) -> Iterator[Item]:
    """The items of a delivery; an entry or change that holds none becomes an item that says so."""
    kind = payload["object"]
    for entry in listed(payload.get("entry")):
        if type(entry) is dict:
            yield from _entry(kind, entry)
        else:
            yield Item(kind, "entry", entry, problem=f"entry: {keys(entry)}")


def _entry(kind: str, entry: dict[str, Any]) -> Iterator[Item]:
    entry_id, time = ident(entry.get("id")), number(entry.get("time"))
    changes = listed(entry.get("changes"))
    for change in changes:
        value = change.get("value") if type(change) is dict else None
        if type(value) is dict:
            field = text(change.get("field"))
            for section, body, frame in _rows(field, value):
                yield Item(kind, section, body, entry_id, time, field, frame)
        else:
            problem = f"change without value, {keys(change)}"
            yield Item(kind, "changes", change, entry_id, time, problem=problem)
    if not changes:
        problem = f"empty entry, {keys(entry)}"
        yield Item(kind, "entry", entry, entry_id, time, problem=problem)


def _rows(field: str | None, value: dict[str, Any]) -> list[_Row]:
    """What a change lists; the change itself if it has no list that we know."""
    frame = frame_of(value)
    rows: list[_Row] = []
    if field not in _whatsapp_notices.NOTICES:
        for section in value:
            if section in _SPECIAL_LISTS or len(frame.get("contacts", ())) > 1:
                rows += _special_rows(section, value[section], frame)
            elif section in _LISTS:
                for body in listed(value[section]):
                    rows.append((section, body, frame))
    return rows or [("changes", value, frame)]


def _special_rows(section: str, listing: Any, frame: dict[str, Any]) -> list[_Row]:
    """Rows that do not simply share the frame."""
    if section == "errors":
        return [(section, {"errors": listing}, frame)] if listing else []
    if section == "history":
        told = [row for old in listed(listing) for row in _whatsapp_notices.history(old, frame)]
        return [(section, body, around) for body, around in told]
    if section not in _LISTS:
        return []
    return [(section, body, around) for body, around in narrowed(frame, listed(listing))]


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
