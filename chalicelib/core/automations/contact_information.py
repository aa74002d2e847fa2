"""Contact information: who asks how to reach the business is told its phone, e-mail and links."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.informing import ContactInformation, ways
from chalicelib.core.keywords import is_asked
from chalicelib.core.texts import keywords, ready

NAME = "contact_information"  # also the payload of a button or menu item that asks for it


def decide(situation: Situation) -> Answer | None:
    information = situation.channel.contact_information
    if information is None or not information.is_on or not _is_wanted(situation, information):
        return None
    return Answer(text=text_of(information, situation.channel.language))


def text_of(information: ContactInformation, language: str) -> str:
    """The whole answer."""
    return f"{information.text or ready(NAME, language)}\n{ways(information, language)}"


def _is_wanted(situation: Situation, information: ContactInformation) -> bool:
    if situation.payload == NAME:
        return True
    words = keywords(NAME) if information.keywords is None else information.keywords
    return is_asked(words, situation.words)


AUTOMATION = Automation(NAME, Tier.REQUEST, decide)
