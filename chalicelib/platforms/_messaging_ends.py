"""Who is at the two ends of a Messenger or Instagram item, and what every event of it says."""

from __future__ import annotations

from typing import Any

from chalicelib.core.events import Item
from chalicelib.platforms._values import ident, moment

PLATFORM_OF = {"page": "messenger", "instagram": "instagram"}


def ends(item: Item, body: dict[str, Any]) -> tuple[str | None, str | None, bool]:
    """Channel, contact, and whether the business itself acted (then the two stand swapped)."""
    sender, recipient = party(body.get("sender")), party(body.get("recipient"))
    if sender == item.entry_id and sender != recipient and sender and recipient:
        return sender, recipient, True
    return recipient or item.entry_id, sender, False


def party(raw: Any) -> str | None:
    """The id of a sender or recipient; visitors of the checkbox plugin have a `user_ref` in its
    place."""
    if type(raw) is not dict:
        return None
    value = raw.get("id")
    if type(value) is str and value:
        return value
    return ident(value) or ident(raw.get("user_ref"))


def head(item: Item, body: dict[str, Any]) -> dict[str, Any]:
    """What every event says, but for its id."""
    channel_id, contact_id, _ = ends(item, body)
    return {
        "platform": PLATFORM_OF[item.object],
        "channel_id": channel_id,
        "contact_id": contact_id,
        "occurred_at": moment(item),
        "item": item,
        "is_standby": item.section == "standby",
    }
