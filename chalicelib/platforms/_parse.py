"""A whole payload -> its events, whatever it is."""

from __future__ import annotations

from typing import Any

from chalicelib.core.events import Event, Item
from chalicelib.platforms._contract import Platform
from chalicelib.platforms._json import decode
from chalicelib.platforms._plain_texts import plain_texts
from chalicelib.platforms._values import keys, unknown
from chalicelib.registry import variants

_BY_OBJECT: dict[str, Platform] = {
    platform.object: platform for platform in variants("chalicelib.platforms", "PLATFORM")
}


def events_in(raw: bytes) -> list[Event]:
    """The events of a delivery as it came, at least one. Raises Unreadable, and nothing else.

    An event's item is to be written, and read again from its JSON: it may hold typed values.
    """
    return plain_texts(raw) or parse(decode(raw))


def parse(payload: object) -> list[Event]:
    """At least one event for any JSON value; what says nothing to us is an UnknownEvent with its
    reason."""
    platform = platform_of(payload)
    if platform is None or type(payload) is not dict:
        return [_nothing(payload, "unknown", f"no object that we know, {keys(payload)}")]
    events = [platform.read(item) for item in platform.walk(payload)]
    return events or [_nothing(payload, platform.name, f"no entries, {keys(payload)}")]


def platform_of(payload: object) -> Platform | None:
    """Whose webhook it is; None if `object` is missing or none that we know."""
    kind = payload.get("object") if type(payload) is dict else None
    return _BY_OBJECT.get(kind) if type(kind) is str else None


def _nothing(payload: Any, platform: str, reason: str) -> Event:
    kind = payload.get("object") if type(payload) is dict else None
    item = Item(kind if type(kind) is str else "", "delivery", payload, problem=reason)
    return unknown(item, reason, platform=platform)
