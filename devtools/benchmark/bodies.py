"""Signed deliveries with messages as customers write them, each with ids of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from devtools.simulator import webhooks
from devtools.simulator.state import Channel, Contact

PRICING = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
SECRET = b"5f2c8a1e9b7d40c36e8f1a2b3c4d5e6f"
# An ordinary sentence; its letters and its emoji come as \u escapes, as Meta sends them.
TEXT = "Merhaba, mavi kupa tekrar geldi mi? Teşekkürler 🙂"
FROM = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)

CHANNELS = {
    "messenger": Channel(platform="messenger", channel_id="100100100100101", token=""),
    "instagram": Channel(platform="instagram", channel_id="17841400000000001", token=""),
    "whatsapp": Channel(platform="whatsapp", channel_id="106540352242922", token=""),
}


class Delivery(Struct, frozen=True):
    """One POST, and how many events are in it."""

    raw: bytes
    signature: str
    events: int


def deliveries(platform: str, *, batch: int, count: int) -> list[Delivery]:
    """`count` deliveries with `batch` messages each."""
    return [_signed(_batch(platform, number * batch, batch), batch) for number in range(count)]


def message_id(platform: str, number: int) -> str:
    """As long and as random as the platform's own."""
    seed = f"{platform} {number}".encode()
    if platform == "whatsapp":
        return "wamid." + hashlib.sha256(seed).hexdigest()[:54]
    if platform == "instagram":
        return "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOj" + hashlib.sha512(seed).hexdigest()
    return "m_" + hashlib.sha512(seed).hexdigest()[:86]


def contact(platform: str, number: int) -> Contact:
    if platform == "whatsapp":
        user_id = f"TR.{4_100_000_000_000_000 + number}"
        phone = f"90532{number:07}"
        return Contact(contact_id=user_id, user_id=user_id, phone=phone, name="Ayşe Demir")
    return Contact(contact_id=str(7_100_000_000_000_000 + number))


def message(platform: str, number: int, **facts: Any) -> dict[str, Any]:
    """The body of a delivery with one message of one customer."""
    channel, who = CHANNELS[platform], contact(platform, facts.pop("contact_number", number))
    at = facts.pop("at", FROM + timedelta(seconds=number))
    mid = message_id(platform, number)
    if platform == "whatsapp":
        inner = {"id": mid, "type": "text", "text": {"body": TEXT}}
        return webhooks.whatsapp_message(channel, who, at, inner)
    return webhooks.from_customer(channel, who, at, {"message": {"mid": mid, "text": TEXT}})


def _batch(platform: str, first: int, size: int) -> dict[str, Any]:
    """Meta joins deliveries entry by entry, and on WhatsApp change by change."""
    bodies = [message(platform, first + offset) for offset in range(size)]
    if platform != "whatsapp":
        return bodies[0] | {"entry": [entry for body in bodies for entry in body["entry"]]}
    changes = [change for body in bodies for change in body["entry"][0]["changes"]]
    return bodies[0] | {"entry": [bodies[0]["entry"][0] | {"changes": changes}]}


def _signed(body: dict[str, Any], events: int) -> Delivery:
    raw = json.dumps(body, separators=(",", ":")).encode()
    return Delivery(raw, "sha256=" + hmac.digest(SECRET, raw, "sha256").hex(), events)
