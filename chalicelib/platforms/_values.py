"""Tolerant readings of single JSON values: each takes anything and never raises."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from msgspec.json import encode

from chalicelib.core.events import Item, UnknownEvent
from chalicelib.core.ids import digest

# Meta documents milliseconds for Messenger and Instagram and seconds for WhatsApp, and its own
# samples mix them (Messenger Platform, webhook events, 2026-06; WhatsApp, webhooks, 2025-12).
MILLISECONDS_FROM = 10**11
YEAR_10000 = 253_402_300_800_000
_LONGEST_NUMBER = 19
_DIGITS_OF_SECONDS = 10  # from 2001 to 2286
_from_timestamp = datetime.fromtimestamp


def to_utc(value: Any) -> datetime | None:
    """The moment that a number or string of seconds or milliseconds, or an ISO date, means."""
    kind = type(value)
    if kind is str:
        if len(value) > _LONGEST_NUMBER or not value.isdecimal():
            return _from_text(value)
        value = int(value)
    elif kind is not int and kind is not float:
        return None
    return _from_number(value)


def _from_number(value: float) -> datetime | None:
    if 0 <= value < MILLISECONDS_FROM:
        return _from_timestamp(value, UTC)
    return _from_timestamp(value / 1000, UTC) if 0 <= value < YEAR_10000 else None


def _from_text(value: str) -> datetime | None:
    try:
        return _from_number(float(value))
    except (ValueError, OverflowError):
        return _from_iso(value)


def _from_iso(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def text(value: Any) -> str | None:
    """A string that says something, else None."""
    return value if type(value) is str and value else None


def ident(value: Any) -> str | None:
    """An id as a string. Whole numbers keep every digit; they never pass through a float."""
    if type(value) is str:
        return value or None
    return str(value) if type(value) is int else None


def number(value: Any) -> int | float | str | None:
    """A number, also as a string, as it came."""
    kind = type(value)
    return value if kind is int or kind is str or kind is float else None


def mapping(value: Any) -> dict[str, Any]:
    """The object, or an empty one in place of anything else."""
    return value if type(value) is dict else {}


def listed(value: Any) -> list[Any]:
    """The list; a lone value other than null counts as a list of one."""
    if type(value) is list:
        return value
    return [] if value is None else [value]


def objects(value: Any) -> tuple[dict[str, Any], ...]:
    """The objects of a list; a lone object counts as a list of one."""
    if type(value) is dict:
        return (value,)
    return tuple(inner for inner in value if type(inner) is dict) if type(value) is list else ()


def but(value: dict[str, Any], *named: str) -> dict[str, Any] | None:
    """What `value` says beside the keys we named; None if that is nothing."""
    return {key: inner for key, inner in value.items() if key not in named} or None


def fingerprint(item: Item) -> str:
    """22 characters that differ when anything in the item differs: the id of what has none."""
    at = mapping(item.body).get("timestamp") or item.entry_time
    number = mapping(mapping(item.frame).get("metadata")).get("phone_number_id")
    parts = (item.object, item.entry_id, at, item.field, number, _canonical(item.body))
    return digest(*map(str, parts))


def _canonical(body: Any) -> str:
    for write in (_written, _written_tolerantly):
        try:
            return write(body)
        except (ValueError, TypeError, RecursionError):
            continue
    return "nested too deep"


def _written(body: Any) -> str:
    return encode(body, order="sorted").decode()


def _written_tolerantly(body: Any) -> str:
    return json.dumps(body, sort_keys=True, skipkeys=True, default=repr)


def unknown(
    item: Item,
    reason: str,
    *,
    platform: str,
    channel_id: str | None = None,
    contact_id: str | None = None,
) -> UnknownEvent:
    """The event for what we have no word for."""
    return UnknownEvent(
        event_id=f"{platform}:unknown:{fingerprint(item)}",
        platform=platform,
        channel_id=channel_id,
        contact_id=contact_id,
        occurred_at=moment(item),
        item=item,
        is_standby=item.section == "standby" or item.field == "standby",
        reason=reason,
    )


def moment(item: Item) -> datetime | None:
    """When the item happened; what has no time of its own happened when the delivery says."""
    body = item.body
    value = body.get("timestamp") if type(body) is dict else None
    # The common cases, two calls shorter: Messenger and Instagram, then WhatsApp.
    if type(value) is int and MILLISECONDS_FROM <= value < YEAR_10000:
        return _from_timestamp(value / 1000, UTC)
    if type(value) is str and len(value) == _DIGITS_OF_SECONDS and value.isdecimal():
        return _from_timestamp(int(value), UTC)
    at = to_utc(value)
    # A few senders fill `time` with 0 when they do not know it.
    return to_utc(item.entry_time or None) if at is None else at


def keys(value: Any) -> str:
    """The names we saw, for a reason; never values."""
    if type(value) is not dict:
        return f"a {type(value).__name__} in place of an object"
    return "keys: " + (", ".join(key[:40] for key in sorted(value)[:20]) or "none")


def field_name(field: str | None) -> str:
    """The name of a change's field for a reason: it is Meta's word, as far as it looks like one."""
    return f"field {field[:60]}" if field and field.isidentifier() else "field without a name"
