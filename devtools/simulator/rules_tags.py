"""What may come after the window on Messenger and Instagram, by date.

Send API reference and messenger-platform/changelog (read 2026-11): the three tags answer with error
100 since 2026-04-27; recurring notifications ended on 2026-02-10; messenger-platform/policy
(2026-09-11): HUMAN_AGENT and CUSTOMER_FEEDBACK last 7 days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.simulator.errors import GraphError, parameter
from devtools.simulator.state import Channel

RETIRED_TAGS = {"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"}
TAGS_END = datetime(2026, 4, 27, tzinfo=UTC)
RECURRING_ENDS = datetime(2026, 2, 10, tzinfo=UTC)
UTILITY_BEGINS = datetime(2025, 9, 29, tzinfo=UTC)
SEVEN_DAYS = timedelta(days=7)


def window(channel: Channel, body: dict[str, Any], tag: str, now: datetime) -> timedelta | None:
    """How long after the customer's last action this tag may be used; None: at any time. Raises
    GraphError for a tag that cannot be used so."""
    if tag in RETIRED_TAGS:
        _check_old(channel, tag, now)
        return None
    if tag == "CUSTOMER_FEEDBACK" and channel.platform == "messenger":
        return _of_feedback(body)
    if tag != "HUMAN_AGENT" or body.get("messaging_type") != "MESSAGE_TAG":
        raise parameter("A live tag and messaging_type MESSAGE_TAG belong together")
    if not channel.has_human_agent:
        raise GraphError(400, 10, "(#10) The Human Agent feature is not approved", 2018065)
    return SEVEN_DAYS


def check_recurring(recipient: dict[str, Any], now: datetime) -> None:
    """Raises GraphError (100) for a token of the recurring notifications, once they had ended."""
    if "notification_messages_token" in recipient and now >= RECURRING_ENDS:
        raise parameter("Recurring notifications are no longer available")


def check_utility_date(now: datetime) -> None:
    """Raises GraphError (100) before there were utility messages."""
    if now < UTILITY_BEGINS:
        raise parameter("param message[template] is not known")


def _check_old(channel: Channel, tag: str, now: datetime) -> None:
    if now >= TAGS_END or channel.platform != "messenger":
        raise parameter(f"Invalid parameter: tag {tag} is deprecated")


def _of_feedback(body: dict[str, Any]) -> timedelta:
    """The tag is for the feedback template alone."""
    payload = (body["message"].get("attachment") or {}).get("payload") or {}
    if payload.get("template_type") != "customer_feedback":
        raise parameter("The tag CUSTOMER_FEEDBACK needs the customer_feedback template")
    return SEVEN_DAYS
