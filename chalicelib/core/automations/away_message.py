"""Away message: outside opening hours, once per closed period and contact."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import own_or_ready


def decide(situation: Situation) -> Answer | None:
    channel, before = situation.channel, situation.conversation
    if not channel.away_message.is_on or situation.is_open:
        return None
    if before is not None and before.away_period == situation.closed_period:
        return None
    return own_or_ready(
        channel.away_message,
        "away_message",
        channel.language,
        away_period=situation.closed_period,
    )


AUTOMATION = Automation("away_message", Tier.AVAILABILITY, decide)
