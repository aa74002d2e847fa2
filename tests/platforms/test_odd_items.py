"""Items of a known kind with a body of another shape are unknown, not wrong."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.events import Item
from chalicelib.platforms._values import fingerprint
from tests.platforms.bodies import kinds, messaging, one, page, wa_message, whatsapp

KEYS = [
    "message",
    "message_edit",
    "reaction",
    "delivery",
    "read",
    "postback",
    "referral",
    "optin",
    "account_linking",
    "policy_enforcement",
    "policy-enforcement",
    "app_roles",
    "response_feedback",
    "messaging_feedback",
    "order",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
]


@pytest.mark.parametrize("odd", ["word", 7, None, [], True])
@pytest.mark.parametrize("key", KEYS)
def test_a_known_key_with_another_shape_is_unknown(key: str, odd: Any) -> None:
    assert kinds(page(messaging(**{key: odd}))) == ["UnknownEvent"]


def test_an_unreadable_key_does_not_hide_a_readable_one() -> None:
    assert kinds(page(messaging(message=None, read={"watermark": 1}))) == ["StatusChanged"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("comments", {"text": "no id"}),
        ("never_heard_of", {"a": 1}),
    ],
)
def test_a_change_that_says_too_little_is_unknown(field: str, value: dict[str, Any]) -> None:
    changes = [{"field": field, "value": value}]

    assert kinds(page(messaging=[], changes=changes)) == ["UnknownEvent"]


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [{}]},
        {"messages": ["x"]},
        {"message_echoes": [{}]},
        {"statuses": [{"id": "wamid.A"}]},
        {"statuses": [{"status": "sent"}]},
        {"user_preferences": [{"value": "perhaps"}]},
        {"state_sync": [{"action": "add"}]},
        {"errors": ["x"]},
        {"history": [{}]},
        {"history": [{"threads": [{"id": "90", "messages": [{"type": "text"}]}]}]},
    ],
)
def test_a_whatsapp_item_that_says_too_little_is_unknown(value: dict[str, Any]) -> None:
    assert kinds(whatsapp(**value)) == ["UnknownEvent"]


def test_a_handover_without_its_core_is_unknown() -> None:
    assert kinds(whatsapp(field="messaging_handovers", sender={})) == ["UnknownEvent"]


def test_a_message_without_mid_is_known_by_its_fingerprint() -> None:
    event = one(page(messaging(message={"text": "hi"})))

    assert event.event_id == f"messenger:1001:{event.message_id}"


def test_a_user_ref_may_stand_in_place_of_the_sender() -> None:
    body = messaging(sender={"user_ref": "ref-1"}, postback={"title": "Start"})

    assert one(page(body)).contact_id == "ref-1"


@pytest.mark.parametrize("contacts", [[{"wa_id": "1"}, {"wa_id": "2"}], []])
def test_a_sender_whom_no_contact_matches_stands_for_itself(contacts: list[Any]) -> None:
    event = one(whatsapp(contacts=contacts, messages=[wa_message()]))

    assert (event.contact_id, event.contact_name) == ("905551112233", None)


def test_a_reaction_of_the_business_is_told_from_the_customers() -> None:
    ends = {"sender": {"id": "1001"}, "recipient": {"id": "7001"}}
    event = one(page(messaging(**ends, reaction={"mid": "m", "action": "react", "emoji": "x"})))

    assert (event.contact_id, event.is_by_business) == ("7001", True)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "body", ["\ud83d", {"a": "\ud83d"}, nested(5000), ["\ud83d", nested(5000)]]
)
def test_every_body_has_a_fingerprint(body: Any) -> None:
    assert len(fingerprint(Item("page", "messaging", body))) == 22


@pytest.mark.parametrize(
    "other",
    [
        Item("page", "messaging", {"a": 2}, "1", 5),
        Item("page", "messaging", {"a": 1}, "2", 5),
        Item("page", "messaging", {"a": 1}, "1", 6),
        Item("instagram", "messaging", {"a": 1}, "1", 5),
        Item("page", "messaging", {"a": 1}, "1", 5, "feed"),
    ],
)
def test_items_that_differ_have_other_fingerprints(other: Item) -> None:
    assert fingerprint(Item("page", "messaging", {"a": 1}, "1", 5)) != fingerprint(other)


def test_a_redelivery_of_an_item_with_its_own_time_has_the_same_fingerprint() -> None:
    first, again = (Item("page", "messaging", {"timestamp": 1}, "1", time) for time in (5, 6))

    assert fingerprint(first) == fingerprint(again)


def test_of_two_contacts_that_an_item_names_the_first_is_its_own() -> None:
    contacts = [{"user_id": "TR.1", "profile": {"name": "Ana"}}, {"wa_id": "905551112233"}]
    event = one(whatsapp(contacts=contacts, messages=[wa_message(from_user_id="TR.1")]))

    assert (event.contact_id, event.contact_name) == ("TR.1", "Ana")
