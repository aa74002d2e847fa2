"""Control of the thread on the deployed template: given to the app of the channel's persons when a
customer asks for one, and taken again, as the stand-in has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop, new_contact

pytestmark = pytest.mark.e2e

INBOX = "263902037430900"
COMES, BYE = "A person comes.", "Goodbye!"
SETTINGS: dict[str, Any] = {
    "handover": {"text": COMES, "target_app_id": INBOX},
    "closing_message": {"text": BYE},
}
CLOSED = ("close", {"closed_by": "Mia"})
TAKEN_BACK = ("handover", {"to": "automation"})


@pytest.fixture(params=[PAGE, PROFESSIONAL], ids=["messenger", "instagram"])
def channel(shop: Shop, request: pytest.FixtureRequest) -> Iterator[str]:
    """A channel whose persons work in Meta's inbox."""
    yield from set_up(shop, request.param, SETTINGS)


@pytest.fixture
def number(shop: Shop) -> Iterator[str]:
    """WhatsApp has no control of threads, and no setting for it."""
    yield from set_up(shop, NUMBER, {"handover": {"text": COMES}})


def set_up(shop: Shop, channel_id: str, settings: dict[str, Any]) -> Iterator[str]:
    known = shop.get(f"/v1/channels/{channel_id}")
    shop.put(channel_id, **settings)
    shop.advance(minutes=1)  # workers remember settings for half a minute
    yield channel_id
    shop.put(channel_id, **{name: known[name] for name in settings})
    shop.advance(minutes=1)


def asks_for_a_person(shop: Shop, channel_id: str) -> str:
    contact = new_contact()
    shop.customer_writes(channel_id, contact)
    shop.advance(minutes=1)  # automation does not answer twice within ten seconds
    shop.customer_writes(channel_id, contact, "I want a real person")
    shop.advance(minutes=1)
    return contact


def moves(shop: Shop, contact: str) -> list[tuple[str, str | None]]:
    """What the stand-in was told to do with the thread, and did."""
    return [
        (call["path"].rpartition("/")[2], call["body"].get("target_app_id"))
        for call in shop.graph_calls("POST")
        if call["path"].endswith("_thread_control") and call["status"] == 200
        if call["body"]["recipient"]["id"] == contact
    ]


def heard_as(shop: Shop, channel_id: str, contact: str, text: str) -> str:
    """The customer writes; the part of the delivery in which Meta tells us."""
    told = shop.act("/_customer/message", channel_id=channel_id, contact_id=contact, text=text)
    shop.settle()
    (part,) = {"messaging", "standby"} & set(told["body"]["entry"][0])
    return part


def said(shop: Shop, contact: str) -> list[str]:
    """What Meta took after the greeting."""
    return [call["body"]["message"]["text"] for call in shop.calls(contact)][1:]


def test_whoever_asks_for_a_person_is_given_to_the_inbox(shop: Shop, channel: str) -> None:
    contact = asks_for_a_person(shop, channel)
    assert (said(shop, contact), moves(shop, contact)) == (
        [COMES],
        [("pass_thread_control", INBOX)],
    )
    assert heard_as(shop, channel, contact, "Anybody?") == "standby"
    assert said(shop, contact) == [COMES]
    handling = shop.conversation(channel, contact)["handling"]
    assert (handling["why"], handling["needs_person_since"] is None) == ("asked", False)
    status, problem = shop.answer(channel, contact, "Yes?", "k1")
    assert (status, problem["reason"]) == (409, "standby")


@pytest.mark.parametrize(
    ("way", "words"), [(CLOSED, [BYE]), (TAKEN_BACK, [])], ids=["closed", "taken back"]
)
def test_the_thread_is_taken_again(
    shop: Shop, channel: str, way: tuple[str, dict[str, str]], words: list[str]
) -> None:
    contact = asks_for_a_person(shop, channel)
    shop.native_reply(channel, contact, "It is.")
    shop.advance(minutes=1)
    what, facts = way
    status, answer = shop.create(channel, contact, what, "k1", **facts)
    assert status == 200, answer
    assert [move for move, _ in moves(shop, contact)] == [
        "pass_thread_control",
        "take_thread_control",
    ]
    assert said(shop, contact) == [COMES, *words]
    assert heard_as(shop, channel, contact, "Thank you!") == "messaging"
    assert shop.answer(channel, contact, "Welcome!", "k2")[1]["state"] == "sent"


def test_on_whatsapp_a_person_is_called_and_no_thread_changes_hands(
    shop: Shop, number: str
) -> None:
    contact = asks_for_a_person(shop, number)
    assert len(shop.calls(contact)) == 2
    assert shop.conversation(number, contact)["handling"]["why"] == "asked"
    assert shop.answer(number, contact, "It is me.", "k1")[1]["state"] == "sent"
