"""Sends that went wrong, end to end: listed, looked for at Meta, and made again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop, new_contact

pytestmark = pytest.mark.e2e

SAYS = "It is, from Tuesday on."


def lost(shop: Shop, channel_id: str, fault: str) -> str:
    """A person's answer of which we hear nothing; the contact."""
    contact = new_contact()
    shop.customer_writes(channel_id, contact)
    shop.fails(kind=fault, match={"text": SAYS})
    status, answer = shop.answer(channel_id, contact, SAYS, "k1")
    assert (status, answer["state"]) == (202, "unknown")
    return contact


def sends(shop: Shop, channel_id: str, state: str, contact: str) -> list[dict[str, Any]]:
    known = shop.conversation(channel_id, contact)["id"]
    listed = shop._pages(f"/v1/sends?channel_id={channel_id}&state={state}&limit=100")
    return [each for each in listed if each["conversation_id"] == known]


def a_quarter_of_an_hour_passes(shop: Shop) -> None:
    for _ in range(5):
        shop.advance(minutes=3)
        shop.run_schedule("SendDueName")


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_f08_what_never_arrived_is_found_out_and_sent_again(shop: Shop, channel_id: str) -> None:
    contact = lost(shop, channel_id, "reset_before")
    (unknown,) = sends(shop, channel_id, "unknown", contact)
    assert (unknown["reason"], unknown["needs_confirmation"]) == ("ambiguous_no_answer", True)
    a_quarter_of_an_hour_passes(shop)
    (failed,) = sends(shop, channel_id, "failed", contact)
    assert (failed["reason"], failed["can_be_resent"]) == ("not_delivered", True)
    what = f"messages/{failed['message_id']}/resend"
    status, again = shop.create(channel_id, contact, what, "k2")
    assert (status, again["state"]) == (202, "sent")
    assert shop.create(channel_id, contact, what, "k2") == (status, again)
    assert sends(shop, channel_id, "failed", contact) == []
    assert shop.conversation(channel_id, contact)["waiting_since"] is None


def test_f08_an_unknown_send_on_whatsapp_is_sent_again_only_when_confirmed(shop: Shop) -> None:
    contact = lost(shop, NUMBER, "reset_before")
    a_quarter_of_an_hour_passes(shop)
    (unknown,) = sends(shop, NUMBER, "unknown", contact)
    what = f"messages/{unknown['message_id']}/resend"
    status, problem = shop.create(NUMBER, contact, what, "k2")
    assert (status, problem["reason"]) == (409, "confirmation_needed")
    status, again = shop.create(NUMBER, contact, what, "k2", confirm_possible_duplicate=True)
    assert (status, again["state"]) == (202, "sent")
