"""Contact details: who wants to be called or written to is asked where.

Messenger fills in phone and e-mail from the customer's account by quick replies (send-messages/
quick-replies, 2026); elsewhere the customer is asked in words.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._words import ASKS_DETAILS, is_wanted
from chalicelib.core.informing import ContactDetails
from chalicelib.core.messages import QuickReply
from chalicelib.core.texts import ready

NAME = ASKS_DETAILS  # also the payload of a button or menu item that asks for it
KINDS = {"phone": "user_phone_number", "email": "user_email"}


def decide(situation: Situation) -> Answer | None:
    channel = situation.channel
    details = channel.contact_details
    if details is None or not details.is_on:
        return None
    if not is_wanted(situation, NAME, details.keywords):
        return None
    return Answer(
        text=details.text or ready(NAME, channel.language),
        quick_replies=_offered(details) if channel.platform == "messenger" else (),
    )


def _offered(details: ContactDetails) -> tuple[QuickReply, ...]:
    return tuple(QuickReply(kind=KINDS[each]) for each in details.asks)


AUTOMATION = Automation(NAME, Tier.REQUEST, decide)
