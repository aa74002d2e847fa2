"""The policy on the deployed template: the function of the API may read all that it has to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop, new_contact

pytestmark = pytest.mark.e2e

TEMPLATE = {"name": "back_in_stock", "language": "en"}


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def asked(shop: Shop, channel: str, contact: str, **facts: Any) -> dict[str, Any]:
    conversation = shop.conversation(channel, contact)["id"]
    status, answer = shop.ask("POST", "/v1/policy/check", conversation_id=conversation, **facts)
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


@pytest.mark.parametrize("channel", [PAGE, PROFESSIONAL, NUMBER])
def test_a_conversation_is_asked_about_as_it_was_is_and_will_be(shop: Shop, channel: str) -> None:
    contact = new_contact()
    shop.customer_writes(channel, contact)
    wrote_at = shop.now()
    shop.advance(days=2)
    times = [at(wrote_at + span) for span in (-timedelta(hours=1), timedelta(hours=1))]
    told = [asked(shop, channel, contact, origin="automation", at=time) for time in times]
    now = asked(shop, channel, contact, origin="automation")
    assert [each["verdict"] for each in (*told, now)] == ["refused", "permitted", "refused"]


@pytest.mark.parametrize("facts", [{"topic": "mug"}, {"template": TEMPLATE, "kind": "template"}])
def test_notifications_and_templates_are_asked_about(shop: Shop, facts: dict[str, Any]) -> None:
    contact = new_contact()
    shop.customer_writes(NUMBER, contact)
    shop.advance(days=2)
    told = asked(shop, NUMBER, contact, origin="campaign", **facts)
    assert (told["verdict"], told["reason"]) == ("refused", "no_opt_in")


def test_conversations_are_listed_by_what_is_still_allowed(shop: Shop) -> None:
    early, late = new_contact(), new_contact()
    shop.customer_writes(PROFESSIONAL, early)
    shop.advance(hours=2)
    shop.customer_writes(PROFESSIONAL, late)
    path = f"/v1/conversations?channel_id={PROFESSIONAL}&order=closing_soon&limit=100"
    items = {each["contact"]["id"]: each["closing"] for each in shop.get(path)["items"]}
    order = [contact for contact in items if contact in (early, late)]
    assert (order, items[late]["allowed"]) == ([early, late], "reply")
    shop.advance(hours=23)
    items = {each["contact"]["id"]: each["closing"] for each in shop.get(path)["items"]}
    assert [items[each]["allowed"] for each in (early, late)] == ["nothing", "reply"]
