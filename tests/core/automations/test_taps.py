"""What is meant by a tap: its payload, or where it has none of its own, its words."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core.handling_settings import Handover
from chalicelib.core.informing import ContactDetails, ContactInformation, FrequentQuestion, Place
from tests.core.automations.situations import MUG, shop, situation

KNOWN = {automation.name: automation for automation in AUTOMATIONS}
CHANNEL = shop(
    handover=Handover(),
    contact_information=ContactInformation(phone="444 1 555"),
    contact_details=ContactDetails(),
    location=Place(address="Divanyolu 1"),
    frequent_questions=(FrequentQuestion(name="a", question="Shipping?", answer="Two days."),),
    notification_topics=(MUG,),
)
TITLES = [
    ("handover_request", "Talk to a human"),
    ("contact_information", "Contact info"),
    ("contact_details", "Call me back"),
    ("location", "Address"),
    ("frequent_questions", "Shipping?"),
    ("notification_request", "The blue mug"),
]


def _answered(name: str, title: str, payload: str) -> bool:
    tapped: Any = situation(text=title, payload=payload, channel=CHANNEL)
    return KNOWN[name].decide(tapped) is not None


@pytest.mark.parametrize(("name", "title"), TITLES)
def test_a_choice_without_a_payload_is_as_if_the_customer_had_written_it(
    name: str, title: str
) -> None:
    assert _answered(name, title, payload=title)


@pytest.mark.parametrize(("name", "title"), TITLES)
def test_where_the_payload_means_something_else_the_words_do_not_count(
    name: str, title: str
) -> None:
    assert not _answered(name, title, payload="something_else")
