"""Instant reply: to the first message of a contact ever, or again after a long silence."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import own_or_ready


def decide(situation: Situation) -> Answer | None:
    channel = situation.channel
    if not channel.instant_reply.is_on or not _is_due(situation):
        return None
    if not situation.is_open and channel.away_message.is_on:
        return None  # the away message stands in its place
    return own_or_ready(channel.instant_reply, "instant_reply", channel.language)


def _is_due(situation: Situation) -> bool:
    days = situation.channel.instant_reply.again_after_days
    if situation.is_first_message:
        return True
    if days is None or situation.silent_for is None:
        return False
    return situation.silent_for >= timedelta(days=days)


AUTOMATION = Automation("instant_reply", Tier.GREETING, decide)
