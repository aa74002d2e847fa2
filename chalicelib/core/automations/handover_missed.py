"""Handover after misses: where the automations that answer requests understood nothing so many
times in a row, the customer gets a person without having to ask for one."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._words import tells_details
from chalicelib.core.handover_words import text_for


def decide(situation: Situation) -> Answer | None:
    handover = situation.channel.handover
    if not handover.is_on or handover.after_misses is None or not situation.text:
        return None
    if situation.misses + 1 < handover.after_misses or not situation.channel.answers_requests:
        return None
    if tells_details(situation.text, situation.conversation, at=situation.occurred_at):
        return None
    return Answer(text=text_for(situation.channel, is_open=situation.is_open), hands_over=True)


AUTOMATION = Automation("handover_missed", Tier.MISSED, decide)
