"""What the statuses of WhatsApp messages say of their price, by date.

Pricing pages (2025-12-10) and, for 2026-10-01, three secondary sources: since 2025-07-01 delivered
templates are charged, utility ones in the service window not; since 2026-10-01 these too, and
service messages after 1,000 in a calendar month for each number (UTC here).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.simulator.state import Channel, Contact
from devtools.simulator.world import World

FREE_SERVICE_MESSAGES = 1000
SERVICE_CHARGED = datetime(2026, 10, 1, tzinfo=UTC)
WINDOW = timedelta(hours=24)


def of_delivered(
    world: World, channel: Channel, contact: Contact, body: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The `pricing` of a message that is delivered, which counts from now on."""
    if body["type"] != "template":
        return _facts("service", is_charged=_is_beyond_free(channel, now))
    template = body["template"]
    known = world.template(channel, str(template["name"]), str(template["language"]["code"]))
    category = known.category.lower() if known else "utility"
    is_in_window = contact.last_action_at is not None and now - contact.last_action_at < WINDOW
    is_free = category == "utility" and is_in_window and now < SERVICE_CHARGED
    return _facts(category, is_charged=not is_free)


def _is_beyond_free(channel: Channel, now: datetime) -> bool:
    month = now.astimezone(UTC).strftime("%Y-%m")
    sent = channel.service_messages.get(month, 0) + 1
    channel.service_messages[month] = sent
    return sent > FREE_SERVICE_MESSAGES and now >= SERVICE_CHARGED


def _facts(category: str, *, is_charged: bool) -> dict[str, Any]:
    kind = "regular" if is_charged else "free_customer_service"
    return {"billable": is_charged, "pricing_model": "PMP", "type": kind, "category": category}
