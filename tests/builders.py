"""Values for tests: keyword-only builders with sensible defaults. A test names what it is about.

The world of the defaults: one Messenger Page in Istanbul, one contact, noon UTC of a Saturday.
"""

from __future__ import annotations

from dataclasses import replace as replace_settings
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.config import Settings
from chalicelib.core import ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, Wait
from chalicelib.core.events import Item, MessageEchoed, MessageReceived
from chalicelib.core.feedback import Feedback
from chalicelib.core.messages import Author, Message, Origin, OutboundMessage, State
from chalicelib.core.opt_in import OptIn

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = "2026-11-21"
PLATFORM = "messenger"
CHANNEL = "1067280970047460"
CONTACT = "8245617392045510"
CONVERSATION = ids.conversation_id(PLATFORM, CHANNEL, CONTACT)
ITEM = Item(object="page", section="messaging", body={})


def at(clock: str = "12:00", *, day: str = TODAY) -> datetime:
    """That time of day in UTC: at("14:05"), at("14:05:01.250", day="2026-11-22")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def message_received(**facts: Any) -> MessageReceived:
    """A customer's text of noon."""
    defaults: dict[str, Any] = {
        "event_id": f"{PLATFORM}:message:{facts.get('message_id', 'mid.customer')}",
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "occurred_at": NOON,
        "item": ITEM,
        "message_id": "mid.customer",
        "text": "Is the blue mug back?",
    }
    return MessageReceived(**(defaults | facts))


def echo(**facts: Any) -> MessageEchoed:
    """A person's answer from the native inbox, a minute past noon."""
    defaults: dict[str, Any] = {
        "event_id": f"{PLATFORM}:echo:{facts.get('message_id', 'mid.person')}",
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "occurred_at": NOON + timedelta(minutes=1),
        "item": ITEM,
        "message_id": "mid.person",
        "text": "It is, from Tuesday on.",
    }
    return MessageEchoed(**(defaults | facts))


def message(**facts: Any) -> Message:
    """The stored row of a customer's text of noon."""
    defaults: dict[str, Any] = {
        "conversation_id": CONVERSATION,
        "message_id": "mid.customer",
        "channel_id": CHANNEL,
        "author": Author.CUSTOMER,
        "occurred_at": NOON,
        "day": TODAY,
        "text": "Is the blue mug back?",
    }
    return Message(**(defaults | facts))


def our_message(**facts: Any) -> Message:
    """A row of ours as it is claimed: an automated reply a second past noon, leased a minute."""
    defaults: dict[str, Any] = {
        "message_id": ids.attempt_id("away"),
        "author": Author.AUTOMATION,
        "occurred_at": NOON + timedelta(seconds=1),
        "state": State.CLAIMED,
        "text": "We are closed now.",
        "automation": "away_message",
        "basis": "standard_window",
        "lease_until": NOON + timedelta(seconds=61),
    }
    return message(**(defaults | facts))


def outbound(**facts: Any) -> OutboundMessage:
    """A person's answer on its way out."""
    defaults: dict[str, Any] = {
        "key": ids.attempt_id("answer"),
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "origin": Origin.PERSON,
        "text": "It is, from Tuesday on.",
        "author": "Ayse",
    }
    return OutboundMessage(**(defaults | facts))


def conversation(**facts: Any) -> Conversation:
    """A conversation row that nobody has stored yet."""
    identity = {
        "platform": facts.get("platform", PLATFORM),
        "channel_id": facts.get("channel_id", CHANNEL),
        "contact_id": facts.get("contact_id", CONTACT),
    }
    return Conversation(
        **({"conversation_id": ids.conversation_id(*identity.values())} | identity | facts)
    )


def wait(**facts: Any) -> Wait:
    """A customer waited from noon on and was answered ten minutes later."""
    defaults: dict[str, Any] = {
        "conversation_id": CONVERSATION,
        "channel_id": CHANNEL,
        "day": TODAY,
        "opened_at": NOON,
        "answered_at": NOON + timedelta(minutes=10),
        "answered_by": "person_api",
    }
    return Wait(**(defaults | facts))


def feedback(**facts: Any) -> Feedback:
    """A customer's four of five, of noon."""
    defaults: dict[str, Any] = {
        "feedback_id": "fb-1",
        "conversation_id": CONVERSATION,
        "channel_id": CHANNEL,
        "at": NOON,
        "day": TODAY,
        "kind": "csat",
        "score": 4,
    }
    return Feedback(**(defaults | facts))


def opt_in(**facts: Any) -> OptIn:
    """Consent of noon to hear about the mug, good for a year."""
    defaults: dict[str, Any] = {
        "conversation_id": CONVERSATION,
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "platform": PLATFORM,
        "opt_in_id": ids.digest("opt_in", "token-1"),
        "topic": "mug",
        "opted_in_at": NOON,
        "expires_at": NOON + timedelta(days=365),
        "token": "token-1",
    }
    return OptIn(**(defaults | facts))


def channel(**facts: Any) -> ChannelSettings:
    """A connected Page: always open, automatic replies as `ChannelSettings` has them by default."""
    defaults: dict[str, Any] = {
        "channel_id": CHANNEL,
        "platform": PLATFORM,
        "name": "The Mug Shop",
        "time_zone": "Europe/Istanbul",
    }
    return ChannelSettings(**(defaults | facts))


def settings(**facts: Any) -> Settings:
    """Settings of stage test, with a name for every table and queue."""
    known = Settings(
        stage="test",
        region="eu-central-1",
        secrets_path="/hearback/test",
        conversations_table="conversations",
        messages_table="messages",
        waits_table="waits",
        channels_table="channels",
        opt_ins_table="opt_ins",
        campaigns_table="campaigns",
        reports_table="reports",
        api_keys_table="api_keys",
        rates_table="rates",
        inbound_queue_url="https://sqs.test/inbound.fifo",
        quarantine_queue_url="https://sqs.test/quarantine",
        quarantine_bucket="quarantine",
        compute_day_function="compute-day",
        run_campaign_function="run-campaign",
        graph_version="v25.0",
        worker_concurrency=50,
        cors_origins=(),
        graph_url=None,
        test_clock=None,
    )
    return replace_settings(known, **facts)
