"""What stands before any send: the channel's standing, who has the thread, and whether the customer
did something lately.

Error codes: messenger-platform/error-codes (2026-06-25), 368 and 2018300. Windows:
messenger-platform/policy (2026-09-28): 24 hours, after an ad up to 7 days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.simulator.errors import GraphError
from devtools.simulator.state import Channel, Contact

LONG_AD_WINDOWS_BEGIN = datetime(2026, 9, 28, tzinfo=UTC)
LONGEST_AD_DAYS = 7


def check_channel(channel: Channel) -> None:
    """Raises GraphError (368) if Meta lets the channel send nothing."""
    if channel.is_blocked:
        raise GraphError(400, 368, "(#368) The action is deemed abusive or otherwise disallowed")


def check_thread(contact: Contact) -> None:
    """Raises GraphError (2018300) while another app has the thread."""
    if contact.thread_owner:
        sentence = (
            "(#2018300) Message failed to send because another app is controlling this thread"
        )
        raise GraphError(400, 2018300, sentence)


def is_open(contact: Contact, now: datetime, length: timedelta) -> bool:
    """Whether the customer acted so lately, or an ad's longer window lasts."""
    ad_ends = contact.ad_window_ends_at
    if ad_ends is not None and now < ad_ends:
        return True
    return contact.last_action_at is not None and now - contact.last_action_at < length


def note_ad(channel: Channel, contact: Contact, at: datetime, raw: dict[str, Any]) -> None:
    """A customer came through an ad: remember how long that opens the window."""
    referral = raw.get("referral") or {}
    if referral.get("source") != "ADS" or at < LONG_AD_WINDOWS_BEGIN:
        return
    ends = at + timedelta(days=min(channel.ad_window_days, LONGEST_AD_DAYS))
    contact.ad_window_ends_at = max(contact.ad_window_ends_at or ends, ends)
