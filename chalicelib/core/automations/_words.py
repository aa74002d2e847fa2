"""By which words and taps a customer asks for something that the business tells."""

from __future__ import annotations

from chalicelib.core.automations import Situation
from chalicelib.core.keywords import is_asked
from chalicelib.core.texts import keywords


def is_wanted(situation: Situation, name: str, own: tuple[str, ...] | None) -> bool:
    """Whether a tap brings back this name, or the customer wrote one of the channel's own keywords:
    None stands for the ready ones of all languages."""
    if situation.payload == name:
        return True
    return is_asked(keywords(name) if own is None else own, situation.words)
