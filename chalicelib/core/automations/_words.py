"""By which words and taps a customer asks for something that the business tells."""

from __future__ import annotations

import re
from datetime import datetime

from chalicelib.core.automations import Situation
from chalicelib.core.conversation import Conversation
from chalicelib.core.keywords import is_all, is_asked
from chalicelib.core.texts import alone, keywords

ASKS_DETAILS = "contact_details"  # the automation that asks customers for theirs
_DETAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w|\d(?:[ ()/.-]{0,2}\d){6}")  # e-mail, phone number


def is_wanted(situation: Situation, name: str, own: tuple[str, ...] | None) -> bool:
    """Whether a tap brings back this name, or the customer wrote one of the channel's own keywords:
    None stands for the ready ones of all languages. "My phone number is ..." does not ask for
    ours."""
    if situation.payload == name:
        return True
    if tells_details(situation.text, situation.conversation, at=situation.occurred_at):
        return False
    if own is not None:
        return is_asked(own, situation.words)
    return is_asked(keywords(name), situation.words) or is_all(alone(name), situation.words)


def tells_details(text: str | None, known: Conversation | None, *, at: datetime) -> bool:
    """Whether the customer tells what was asked for in the last automatic reply before `at`."""
    sends = [send for send in known.recent_sends if send.at < at] if known else []
    was_asked = bool(sends) and sends[-1].automation == ASKS_DETAILS
    return was_asked and _DETAIL.search(text or "") is not None
