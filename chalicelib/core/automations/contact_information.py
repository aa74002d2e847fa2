"""Contact information: who asks how to reach the business is told its phone, e-mail and links."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._words import is_wanted
from chalicelib.core.informing import ContactInformation, ways
from chalicelib.core.texts import ready

NAME = "contact_information"  # also the payload of a button or menu item that asks for it


def decide(situation: Situation) -> Answer | None:
    information = situation.channel.contact_information
    if information is None or not information.is_on:
        return None
    if not is_wanted(situation, NAME, information.keywords):
        return None
    return Answer(text=text_of(information, situation.channel.language))


def text_of(information: ContactInformation, language: str) -> str:
    """The whole answer."""
    return f"{information.text or ready(NAME, language)}\n{ways(information, language)}"


AUTOMATION = Automation(NAME, Tier.REQUEST, decide)
