"""A call for a person, goodbyes and delayed replies on the deployed template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.shop import PAGE, Shop, new_contact

pytestmark = pytest.mark.e2e

COMES, ELSEWHERE, BYE, ASKS = "A person comes.", "Call us: 030 1.", "Goodbye!", "How was it?"
SETTINGS: dict[str, Any] = {
    "handover": {"text": COMES, "unanswered_minutes": 10, "unanswered_text": ELSEWHERE},
    "closing_message": {"text": BYE, "after_hours": 2},
    "feedback_request": {"question": ASKS},
    "page_recommended": {"text": "Thank you!"},
    "hours": None,  # who asks while it is closed is reminded after the next opening only
}


@pytest.fixture
def with_persons(shop: Shop) -> Iterator[Shop]:
    known = shop.get(f"/v1/channels/{PAGE}")
    shop.put(PAGE, **SETTINGS)
    shop.advance(minutes=1)  # workers remember settings for half a minute
    yield shop
    shop.put(PAGE, **{name: known[name] for name in SETTINGS})
    shop.advance(minutes=1)


def greeted(shop: Shop) -> str:
    contact = new_contact()
    shop.customer_writes(PAGE, contact)
    shop.advance(minutes=1)  # automation does not answer twice within ten seconds
    return contact


def minutes_pass(shop: Shop, minutes: int) -> None:
    """The schedule runs twice at the end of them."""
    shop.advance(minutes=minutes)
    for _ in range(2):
        shop.run_schedule("SendDueName")
        shop.settle()


def said(shop: Shop, contact: str) -> list[str]:
    """What Meta took after the greeting."""
    return [call["body"]["message"]["text"] for call in shop.calls(contact)][1:]


def test_who_asks_for_a_person_is_told_and_after_a_while_the_other_ways(with_persons: Shop) -> None:
    contact = greeted(with_persons)
    with_persons.customer_writes(PAGE, contact, "I want a real person")
    assert said(with_persons, contact) == [COMES]
    minutes_pass(with_persons, 5)
    assert said(with_persons, contact) == [COMES]
    minutes_pass(with_persons, 6)
    assert said(with_persons, contact) == [COMES, ELSEWHERE]


def test_who_is_closed_hears_goodbye_and_a_question_once(with_persons: Shop) -> None:
    contact = greeted(with_persons)
    with_persons.native_reply(PAGE, contact, "It is.")
    for key in ("k1", "k2"):
        status, answer = with_persons.create(PAGE, contact, "close", key, closed_by="Mia")
        assert status == 200, answer
    minutes_pass(with_persons, 121)
    assert sorted(said(with_persons, contact)) == [BYE, ASKS]


def test_who_is_not_closed_hears_goodbye_hours_later(with_persons: Shop) -> None:
    contact = greeted(with_persons)
    with_persons.native_reply(PAGE, contact, "It is.")
    minutes_pass(with_persons, 119)
    assert said(with_persons, contact) == []
    minutes_pass(with_persons, 2)
    assert said(with_persons, contact) == [BYE]


@pytest.mark.parametrize(("words", "thanks"), [([], ["Thank you!"]), (["One more thing"], [])])
def test_a_recommendation_is_thanked_for_unless_the_customer_writes(
    with_persons: Shop, words: list[str], thanks: list[str]
) -> None:
    contact = greeted(with_persons)
    key = f"triggered-{contact}"
    status, answer = with_persons.create(PAGE, contact, "triggers", key, name="page_recommended")
    assert status in (200, 202), answer
    with_persons.advance(minutes=1)
    _ = [with_persons.customer_writes(PAGE, contact, each) for each in words]
    minutes_pass(with_persons, 11)
    assert said(with_persons, contact) == thanks
