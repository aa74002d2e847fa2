"""One-time notifications, end to end: agreed to, sent once at their time, or cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.shop import NUMBER, PAGE, Shop, new_contact

pytestmark = pytest.mark.e2e

MUG = "Please tell me when the mug is back"


def campaigns(shop: Shop, channel_id: str, contact: str) -> list[dict[str, Any]]:
    return [one for one in shop.messages(channel_id, contact) if one["author"] == "campaign"]


def ask(shop: Shop, channel_id: str) -> str:
    """A customer asks to be told about the mug."""
    contact = new_contact()
    shop.customer_writes(channel_id, contact, MUG)
    return contact


def agree(shop: Shop) -> str:
    contact = ask(shop, PAGE)
    shop.act("/_customer/tap_notify", channel_id=PAGE, contact_id=contact)
    shop.settle()
    return contact


def schedule(shop: Shop, channel_id: str, contact: str, key: str, **more: Any) -> tuple[int, Any]:
    facts = {"topic": "mug", "text": "The mug is back"} | more
    return shop.create(channel_id, contact, "notifications", key, **facts)


def in_two_days(shop: Shop) -> dict[str, str]:
    return {"send_at": (shop.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")}


@pytest.mark.parametrize(
    ("channel_id", "basis"), [(PAGE, "one_time_token"), (NUMBER, "approved_template")]
)
def test_it_is_sent_once_at_its_time_by_the_minute_schedule(
    shop: Shop, channel_id: str, basis: str
) -> None:
    contact = agree(shop) if channel_id == PAGE else ask(shop, channel_id)
    status, answer = schedule(shop, channel_id, contact, "k1", **in_two_days(shop))
    assert (status, answer["state"]) == (202, "planned")
    shop.run_schedule("SendDueName")
    assert [one["state"] for one in campaigns(shop, channel_id, contact)] == ["planned"]
    shop.advance(days=2, seconds=1)
    shop.run_schedule("SendDueName")
    shop.run_schedule("SendDueName")
    shop.settle()
    (sent,) = campaigns(shop, channel_id, contact)
    assert (sent["state"], sent["basis"]) == ("sent", basis)
    assert schedule(shop, channel_id, contact, "k2")[1]["reason"] == "opt_in_used"


def test_without_consent_it_is_refused(shop: Shop) -> None:
    contact = new_contact()
    shop.customer_writes(PAGE, contact)
    status, problem = schedule(shop, PAGE, contact, "k1")
    assert (status, problem["reason"]) == (409, "no_opt_in")


def test_another_topic_is_refused(shop: Shop) -> None:
    contact = agree(shop)
    status, problem = schedule(shop, PAGE, contact, "k1", topic="teapot")
    assert (status, problem["reason"]) == (409, "other_topic")


def test_a_year_later_it_is_refused(shop: Shop) -> None:
    contact = agree(shop)
    later = shop.now() + timedelta(days=365)
    send_at = later.strftime("%Y-%m-%dT%H:%M:%SZ")
    status, problem = schedule(shop, PAGE, contact, "k1", send_at=send_at)
    assert (status, problem["reason"]) == (409, "opt_in_expired")


def test_what_is_planned_is_cancelled_and_the_consent_is_good_for_another(shop: Shop) -> None:
    contact = agree(shop)
    _, planned = schedule(shop, PAGE, contact, "k1", **in_two_days(shop))
    cancel = f"messages/{planned['message_id']}/cancel"
    assert shop.create(PAGE, contact, cancel, "k2") == (200, planned | {"state": "refused"})
    shop.advance(days=2, seconds=1)
    shop.run_schedule("SendDueName")
    shop.settle()
    (cancelled,) = campaigns(shop, PAGE, contact)
    assert (cancelled["state"], cancelled["reason"]) == ("refused", "cancelled")
    assert schedule(shop, PAGE, contact, "k3")[1]["state"] == "sent"
