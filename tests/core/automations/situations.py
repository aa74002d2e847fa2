"""What automations are asked in their tests: a shop in Istanbul, open from nine to six."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core.automations import Situation
from chalicelib.core.business_hours import WEEKDAYS, OpeningHours, Span
from chalicelib.core.channel import AutomaticReply, ChannelSettings, NotificationTopic
from tests.builders import NOON, channel

NINE_TO_SIX = OpeningHours(**dict.fromkeys(WEEKDAYS, (Span("09:00", "18:00"),)))
NIGHT = NOON + timedelta(hours=9)  # midnight in Istanbul
NIGHT_PERIOD = "2026-11-21T15:00:00+00:00"
MUG = NotificationTopic(topic="mug-back", title="Tell me when the mug is back", keywords=("mug",))


def shop(**facts: Any) -> ChannelSettings:
    """A channel that greets and says when it is away, no more, with a topic to be told about."""
    return channel(
        **(
            {
                "hours": NINE_TO_SIX,
                "instant_reply": AutomaticReply(text="Hello!"),
                "away_message": AutomaticReply(text="Away."),
                "handover_notice": AutomaticReply(is_on=False),
                "notification_topics": (MUG,),
            }
            | facts
        )
    )


def situation(**facts: Any) -> Situation:
    """A contact's first message, at noon."""
    defaults: dict[str, Any] = {
        "occurred_at": NOON,
        "text": "Hello?",
        "payload": None,
        "channel": shop(),
        "conversation": None,
        "is_first_message": True,
        "silent_for": None,
        "is_open": True,
        "closed_period": None,
    }
    return Situation(**(defaults | facts))


def closed(**facts: Any) -> Situation:
    """A contact's first message, at midnight."""
    return situation(
        **({"occurred_at": NIGHT, "is_open": False, "closed_period": NIGHT_PERIOD} | facts)
    )
