"""What becomes of a WhatsApp template that Meta took: whom marketing does not reach.

Pages templates/marketing-templates and per-user-limits (2024-02-06, 2025-04-01), changelog
(user_preferences, 2024-11-18), messaging-limits (2025-10-07). The answer to the call is 200, the
failure comes by status. The code of a used-up portfolio limit is not printed: 131048 is taken.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.simulator.state import Channel, Contact
from devtools.simulator.world import World

GONE, STOPPED, NOT_TO_THIS_ONE, LIMIT = 131026, 131050, 131049, 131048
STOPS_BEGIN = datetime(2024, 11, 18, tzinfo=UTC)
US_PAUSE_BEGINS = datetime(2025, 4, 1, tzinfo=UTC)
CAP_BEGINS = datetime(2024, 2, 6, tzinfo=UTC)
DAY = timedelta(hours=24)
# Numbers with +1 that are not of the United States: Canada and the islands, by area code.
NOT_AMERICAN = {
    *("204", "226", "236", "249", "250", "289", "306", "343", "365", "403", "416", "418", "431"),
    *("437", "438", "450", "506", "514", "519", "548", "579", "581", "587", "604", "613", "639"),
    *("647", "672", "705", "709", "778", "780", "782", "807", "819", "825", "867", "873", "902"),
    *("905", "242", "246", "264", "268", "284", "345", "441", "473", "649", "658", "664", "721"),
    *("758", "767", "784", "809", "829", "849", "868", "869", "876"),
}


def late_failure_of_template(
    world: World, channel: Channel, contact: Contact, template: dict[str, Any], now: datetime
) -> int | None:
    """The code of the failed status; None: it is delivered, and counts from now on."""
    if contact.is_blocked:
        return GONE
    known = world.template(channel, str(template["name"]), str(template["language"]["code"]))
    is_marketing = known is not None and known.category == "MARKETING"
    is_in_window = contact.last_action_at is not None and now - contact.last_action_at < DAY
    failure = _of_marketing(channel, contact, now, is_in_window) if is_marketing else None
    if failure is None and not is_in_window:
        failure = _of_portfolio(world, channel, contact, now)
    if failure is None and is_marketing:
        contact.marketing_at.append(now)
    return failure


def _of_marketing(
    channel: Channel, contact: Contact, now: datetime, is_in_window: bool
) -> int | None:
    if contact.has_stopped_marketing and now >= STOPS_BEGIN:
        return STOPPED
    if is_american(contact.phone or contact.contact_id) and now >= US_PAUSE_BEGINS:
        return NOT_TO_THIS_ONE
    lately = [at for at in contact.marketing_at if now - at < DAY]
    cap = channel.marketing_cap
    is_over = cap is not None and len(lately) >= cap and not is_in_window and now >= CAP_BEGINS
    return NOT_TO_THIS_ONE if is_over else None


def _of_portfolio(world: World, channel: Channel, contact: Contact, now: datetime) -> int | None:
    """Customers of the last 24 hours outside their windows; one counts once."""
    if channel.portfolio_limit is not None:
        mine = [c for c in world.contacts_of(channel) if c is not contact]
        lately = [c for c in mine if c.opened_at is not None and now - c.opened_at < DAY]
        if len(lately) >= channel.portfolio_limit:
            return LIMIT
    contact.opened_at = now
    return None


def is_american(phone: str) -> bool:
    """Whether the digits are those of a number of the United States."""
    digits = phone.removeprefix("+")
    return len(digits) == 11 and digits[0] == "1" and digits[1:4] not in NOT_AMERICAN
