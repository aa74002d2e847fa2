"""Deliveries of Messenger and Instagram, cut into items and read one by one.

Both come in the same frame: Messenger Platform, webhooks (2026-09-11); Instagram messaging webhooks
(2026-09-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.core.events import Event, Item
from chalicelib.platforms import _feed, _messaging_events, _messaging_messages
from chalicelib.platforms._messaging_ends import PLATFORM_OF, ends
from chalicelib.platforms._values import field_name, ident, keys, listed, number, text, unknown

_ITEM_LISTS = ("messaging", "standby")
_READERS = _messaging_messages.READERS | _messaging_events.READERS


def walk(payload: dict[str, Any]) -> Iterator[Item]:
    """The items of a delivery; an entry that holds none becomes an item that says so."""
    kind = payload["object"]
    items: list[Item] = []
    for entry in listed(payload.get("entry")):
        if type(entry) is dict:
            items += _cut(kind, entry)
        else:
            items.append(Item(kind, "entry", entry, problem=f"entry: {keys(entry)}"))
    return iter(items)


def _cut(kind: str, entry: dict[str, Any]) -> list[Item]:
    entry_id, time = ident(entry.get("id")), number(entry.get("time"))
    items: list[Item] = []
    for section in _ITEM_LISTS:
        if section in entry:
            for body in listed(entry[section]):
                items.append(Item(kind, section, _unwrapped(body), entry_id, time))
    if "changes" in entry or "field" in entry:
        items += [_change(kind, change, entry_id, time) for change in _changes(entry)]
    if items:
        return items
    problem = f"empty entry, {keys(entry)}"
    return [Item(kind, "entry", entry, entry_id, time, problem=problem)]


def _unwrapped(body: Any) -> Any:
    """A sample of postbacks (Messenger, 2026-02-26) wraps the event like a change."""
    return body["value"] if type(body) is dict and "field" in body and "value" in body else body


def _changes(entry: dict[str, Any]) -> list[Any]:
    """With Instagram Login `field` and `value` may stand in the entry itself (webhook examples,
    2026-04)."""
    direct = [entry] if "field" in entry else []
    return listed(entry.get("changes")) + direct


def _change(kind: str, change: Any, entry_id: str | None, time: Any) -> Item:
    if type(change) is not dict or type(change.get("value")) is not dict:
        problem = f"change without value, {keys(change)}"
        return Item(kind, "changes", change, entry_id, time, problem=problem)
    field, value = text(change.get("field")), change["value"]
    # The dashboard's test button sends messaging events as changes.
    is_messaging = type(value.get("sender")) is dict or type(value.get("recipient")) is dict
    section = "messaging" if is_messaging else "changes"
    return Item(kind, section, value, entry_id, time, field)


def read(item: Item) -> Event:
    """The one event that the item is."""
    try:
        return _read(item)
    except Exception as error:  # noqa: BLE001 - no item may block the others
        return _unknown(item, f"{type(error).__name__} while reading {item.section}")


def _read(item: Item) -> Event:
    if item.problem is not None or type(item.body) is not dict:
        return _unknown(item, item.problem or f"{item.section}: {keys(item.body)}")
    if item.section == "changes":
        return _feed.read(item) or _unknown(item, f"{field_name(item.field)}, {keys(item.body)}")
    body = item.body
    if "message" in body:
        event = _messaging_messages.message(item, body, body["message"])
        if event is not None:
            return event
    for key in body:
        reader = _READERS.get(key)
        if reader is not None and (event := reader(item, body, body[key])) is not None:
            return event
    return _unknown(item, f"{item.section}, {keys(body)}")


def _unknown(item: Item, reason: str) -> Event:
    channel_id, contact_id, _ = ends(item, item.body if type(item.body) is dict else {})
    return unknown(
        item,
        reason,
        platform=PLATFORM_OF.get(item.object, "unknown"),
        channel_id=channel_id,
        contact_id=contact_id,
    )
