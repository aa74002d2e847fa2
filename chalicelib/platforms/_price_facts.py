"""What a WhatsApp status tells of a message's price, as it is kept with the message.

Rules: WhatsApp, webhooks, statuses (2025-11-19; v24 names a conversation on free entry points
alone, older versions on any message); pricing (2025-12-10, 2026-10-02).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core.events import StatusChanged
from chalicelib.core.region import region_of
from chalicelib.platforms._values import ident, mapping, to_utc

_FREE_ENTRY = ("free_entry_point", "referral_conversion")


def of_status(event: StatusChanged) -> dict[str, Any]:
    """The platform's own words; the country by whose rates it is charged (of the recipient's
    number, else of the user id); and until when (seconds since 1970) a free entry point makes all
    free."""
    body = mapping(event.item.body)
    known = (ident(body.get("recipient_id")), event.contact_id)
    countries = (region_of(name).country for name in known if name)
    facts = {
        "pricing": event.pricing,
        "country": next((country for country in countries if country), None),
        "free_until": ident(_expiration(event)),
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def free_until(event: StatusChanged) -> datetime | None:
    """Until when a free entry point makes all free, whatever the category; None: it tells of none,
    or of no moment."""
    return to_utc(_expiration(event))


def _expiration(event: StatusChanged) -> Any:
    conversation = mapping(mapping(event.item.body).get("conversation"))
    origin, pricing = mapping(conversation.get("origin")), mapping(event.pricing)
    words = (origin.get("type"), pricing.get("type"), pricing.get("category"))
    is_entry = any(word in _FREE_ENTRY for word in words)
    return conversation.get("expiration_timestamp") if is_entry else None
