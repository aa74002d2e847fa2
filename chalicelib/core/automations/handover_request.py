"""Handover: a customer who asks for a person gets one.

There has to be a way from an automated experience to a person (WhatsApp Business messaging policy
and messenger-platform/policy, 2026-09-11). Said once: then automation rests.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.handover_words import text_for
from chalicelib.core.keywords import is_asked
from chalicelib.core.person_words import asks_for_person

PAYLOAD = "handover"  # of a button or menu item, whatever the channel names beside it


def decide(situation: Situation) -> Answer | None:
    handover = situation.channel.handover
    if not handover.is_on or not _is_wanted(situation):
        return None
    text = text_for(situation.channel, is_open=situation.is_open, is_asked=True)
    return Answer(text=text, hands_over=True)


def _is_wanted(situation: Situation) -> bool:
    handover = situation.channel.handover
    if situation.payload in (PAYLOAD, *handover.payloads):
        return True
    return is_asked(handover.words, situation.words) or asks_for_person(situation.words)


AUTOMATION = Automation("handover_request", Tier.REQUEST, decide)
