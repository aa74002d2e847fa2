"""One person by phone, then by user id: joined, answered, undone; with IAM enforced."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.shop import NUMBER, Shop, new_contact

pytestmark = pytest.mark.e2e


def writes(shop: Shop, phone: str, user_id: str | None = None) -> None:
    """By the phone alone, or by both."""
    who = {"contact_id": user_id or phone, "phone": phone, "name": "Ana Lima"}
    named = who | ({"user_id": user_id} if user_id else {})
    shop.act("/_customer/message", channel_id=NUMBER, **named, text="Hello?")
    shop.settle()


def asked(shop: Shop, what: str, one: str, other: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {shop.stack.api_key}"}
    pair = {"conversation_id": one, "other_conversation_id": other}
    answer = shop.http("POST", f"/v1/contacts/{what}", json=pair, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def known(shop: Shop) -> tuple[str, str, str, str]:
    """A customer known by phone and answered, who comes back by a user id; both keys and ids."""
    phone, user_id = new_contact(), f"TR.{new_contact()}"
    writes(shop, phone)
    first = shop.conversation(NUMBER, phone)["id"]
    shop.answer(NUMBER, phone, "It is back.", "k")
    shop.advance(hours=1)
    writes(shop, phone, user_id)
    return phone, user_id, first, shop.conversation(NUMBER, user_id)["id"]


def test_a_customer_known_by_phone_has_one_history_and_one_greeting(shop: Shop) -> None:
    _phone, user_id, first, now = known(shop)
    written = [(m["author"], m["automation"]) for m in shop.messages_of(now)]
    assert written == [
        ("customer", None),
        ("automation", "instant_reply"),
        ("person_api", None),
        ("customer", None),
        ("automation", "handover_notice"),
    ]
    assert shop.get(f"/v1/conversations/{first}")["contact"]["id"] == user_id


def test_a_person_writes_to_the_user_id_by_either_conversation(shop: Shop) -> None:
    phone, user_id, _first, _now = known(shop)
    shop.answer(NUMBER, user_id, "Until six.", "k2")
    assert [call["body"]["text"]["body"] for call in shop.calls(user_id)][1:] == ["Until six."]
    assert len(shop.calls(phone)) == 2


def test_what_was_joined_is_taken_apart_by_hand_and_joined_again(shop: Shop) -> None:
    phone, user_id, first, now = known(shop)
    asked(shop, "unmerge", now, first)
    apart = [len(shop.messages_of(each)) for each in (first, now)]
    listed = {one["contact"]["id"] for one in shop._pages(f"/v1/conversations?channel_id={NUMBER}")}
    merged = asked(shop, "merge", now, first)
    assert (apart, {phone, user_id} <= listed) == ([3, 2], True)
    assert (merged["id"], len(shop.messages_of(first))) == (now, 5)


def test_the_person_is_counted_once(counted: Shop) -> None:
    _phone, user_id, _first, now = known(counted)
    day = f"{counted.now():%Y-%m-%d}"
    counted.advance(days=1)
    counted.count_days_of(NUMBER)
    found = counted._pages(
        f"/v1/reports/facts?channel_id={NUMBER}&from={day}&to={day}&metric=new_contacts"
    )
    assert [one["conversation_id"] for one in found] == [now], user_id
