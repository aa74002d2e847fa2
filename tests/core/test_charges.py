"""What of our messages is charged, as their statuses tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.charges import Charge, billed, charge_of
from chalicelib.core.messages import Author, Message
from tests import builders
from tests.builders import NOON

LATE = NOON + timedelta(days=30)
MINUTE = timedelta(minutes=1)
ABROAD = "authentication_international"
PAID = {"type": "regular", "category": "marketing", "pricing_model": "PMP", "billable": True}


def sent(pricing: Any = PAID, *, told_by: str = "delivered", **facts: Any) -> Message:
    told = {told_by: {"pricing": pricing, "country": "TR"}}
    defaults = {"statuses": {"sent": NOON, "delivered": NOON + MINUTE}, "status_facts": told}
    return builders.our_message(**(defaults | facts))


def charge(message: Message) -> Charge:
    found = charge_of(message, as_of=LATE)
    assert found
    return found


@pytest.mark.parametrize("told_by", ["sent", "delivered", "read"])
def test_the_price_is_that_of_whichever_status_told_it(told_by: str) -> None:
    statuses = {"sent": NOON, "delivered": NOON + MINUTE, "read": NOON + MINUTE}
    assert charge(sent(told_by=told_by, statuses=statuses)).key == "marketing/regular/TR"


def test_what_did_not_arrive_is_not_charged() -> None:
    assert charge_of(sent(statuses={"sent": NOON}, told_by="sent"), as_of=LATE) is None


def test_what_arrived_later_is_not_charged_yet() -> None:
    assert charge_of(sent(), as_of=NOON) is None


def test_read_without_delivered_has_arrived() -> None:
    row = sent(statuses={"sent": NOON, "read": NOON + MINUTE}, told_by="read")
    assert charge(row).at == NOON + MINUTE


def test_what_a_person_wrote_on_the_phone_is_not_charged() -> None:
    assert charge_of(sent(author=Author.PERSON_NATIVE), as_of=LATE) is None


@pytest.mark.parametrize(
    ("pricing", "key"),
    [
        ({"type": "free_entry_point", "category": "service"}, "service/free_entry_point/TR"),
        ({"type": "regular", "category": "referral_conversion"}, "service/regular/TR"),
        ({"type": "x", "category": "authentication-international"}, f"{ABROAD}/x/TR"),
        ({"type": "regular", "category": "marketing_lite"}, "marketing/regular/TR"),
        ({"billable": True, "category": "utility"}, "utility/regular/TR"),
        ({"billable": False, "category": "service"}, "service/free/TR"),
        ({"billable": "yes", "category": "a/b"}, "unknown/unknown/TR"),
        ({}, "unknown/unknown/TR"),
    ],
)  # fmt: skip
def test_the_platform_s_words_become_ours(pricing: dict[str, Any], key: str) -> None:
    assert charge(sent(pricing)).key == key


def test_a_message_whose_price_nobody_told_is_counted_as_unknown() -> None:
    assert charge(sent(status_facts={})).key == "unknown/unknown/-"


def made(hour: float, number: str = "1", **facts: Any) -> Charge:
    defaults = {"conversation_id": "c", "category": "marketing", "is_by_conversation": True}
    at = NOON + timedelta(hours=hour)
    return Charge(message_id=f"m{hour}{number}", at=at, **(defaults | facts))


def test_before_2025_07_01_a_conversation_of_24_hours_was_charged_once() -> None:
    charges = [made(hour) for hour in (0, 23.99, 24, 47.99)]
    assert [each.at for each in billed(charges)] == [NOON, NOON + timedelta(hours=24)]


@pytest.mark.parametrize("other", [{"category": "utility"}, {"conversation_id": "d"}])
def test_another_category_or_customer_was_another_conversation(other: dict[str, str]) -> None:
    assert len(list(billed([made(0), made(1, **other)]))) == 2


def test_since_then_each_message_is_charged() -> None:
    charges = [made(hour, is_by_conversation=False) for hour in (0, 1, 2)]
    assert len(list(billed(charges))) == 3
