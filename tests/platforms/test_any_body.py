"""Whatever a signed body holds: parsing never raises, and nothing blocks what stands beside it."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.events import Item, UnknownEvent
from chalicelib.platforms import Platform, decode, parse
from chalicelib.registry import variants
from tests.platforms.bodies import kinds, messaging, one, page, text, wa_message, whatsapp
from tests.platforms.recorded import WEBHOOKS, payload

PLATFORMS: tuple[Platform, ...] = variants("chalicelib.platforms", "PLATFORM")
READ: dict[str, Any] = {platform.name: platform.read for platform in PLATFORMS}
OBJECTS = [platform.object for platform in PLATFORMS]

# Words of the wire, so that arbitrary JSON gets past the front door.
WORDS = st.sampled_from(
    """
    object entry id time messaging standby changes field value sender recipient timestamp message
    mid text attachments payload postback optin reaction read delivery referral metadata contacts
    messages statuses errors status from type image wa_id user_id history threads calls message_edit
    order pass_thread_control app_roles message_echoes edit revoke system interactive
    user_preferences
    """.split()  # noqa: SIM905 - forty words read better as words
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    WORDS,
    st.sampled_from(
        [*OBJECTS, "text", "image", "edit", "system", "interactive", "feed", "comments"]
    ),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)


def surprises(events: list[Any]) -> list[str]:
    reasons = [event.reason for event in events if isinstance(event, UnknownEvent)]
    return [reason for reason in reasons if "while reading" in reason]


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_f33_any_json_value_becomes_events(value: Any) -> None:
    assert len(parse(value)) >= 1


@given(st.sampled_from(OBJECTS), JSON)
@settings(max_examples=150, deadline=None)
def test_f37_any_entry_becomes_events_without_a_surprise(kind: str, entry: Any) -> None:
    assert surprises(parse({"object": kind, "entry": [entry]})) == []


@given(st.sampled_from(OBJECTS), st.dictionaries(WORDS, JSON, max_size=5))
@settings(max_examples=200, deadline=None)
def test_f37_any_item_becomes_events_without_a_surprise(kind: str, body: dict[str, Any]) -> None:
    entry = {"id": "1", "messaging": [body], "changes": [{"field": "messages", "value": body}]}

    assert surprises(parse({"object": kind, "entry": [entry]})) == []


def pointers(value: Any) -> list[tuple[Any, ...]]:
    """Every object of a JSON value, by its path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    inner = [(key, found) for key, found in pairs if isinstance(found, dict | list)]
    deeper = [(key, *path) for key, found in inner for path in pointers(found)]
    return ([()] if isinstance(value, dict) else []) + deeper


def changed(value: Any, path: tuple[Any, ...], key: str, inserted: Any) -> Any:
    """A copy of the value with a key more (or another) at the path."""
    copied = copy.deepcopy(value)
    place = copied
    for step in path:
        place = place[step]
    place[key] = inserted
    return copied


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_f37_a_new_key_anywhere_in_a_recorded_body_is_no_surprise(data: st.DataObject) -> None:
    body = payload(data.draw(st.sampled_from(WEBHOOKS)))
    path = data.draw(st.sampled_from(pointers(body)))
    key = data.draw(st.one_of(WORDS, st.text(min_size=1, max_size=6)))

    assert surprises(parse(changed(body, path, key, data.draw(JSON)))) == []


@pytest.mark.parametrize(
    ("name", "item", "reason"),
    [
        ("messenger", Item("new", "messaging", {"read": {}}), "KeyError while reading messaging"),
        (
            "instagram",
            Item("new", "messaging", {"message": {"mid": "m"}}),
            "KeyError while reading messaging",
        ),
        ("whatsapp", Item("new", "never_heard_of", {}), "KeyError while reading never_heard_of"),
    ],
)
def test_f37_an_item_of_another_version_is_unknown(name: str, item: Item, reason: str) -> None:
    assert READ[name](item).reason == reason


def test_f03_one_malformed_update_of_a_thousand_is_one_unknown_event() -> None:
    items: list[Any] = [text(f"m_{number}") for number in range(1000)]
    items[500] = "not an object"

    found = kinds(page(*items))

    assert (found.count("MessageReceived"), found.count("UnknownEvent")) == (999, 1)


def test_f03_one_malformed_whatsapp_update_of_a_thousand_is_one_unknown_event() -> None:
    messages: list[Any] = [wa_message(id=f"wamid.{number}") for number in range(1000)]
    messages[500] = None

    found = kinds(whatsapp(messages=messages))

    assert (found.count("MessageReceived"), found.count("UnknownEvent")) == (999, 1)


def test_f03_a_thousand_contacts_are_not_carried_by_every_item() -> None:
    people = [{"wa_id": str(number), "profile": {"name": "x"}} for number in range(1000)]
    messages = [wa_message(**{"from": str(number), "id": f"w{number}"}) for number in range(1000)]

    found = parse(whatsapp(contacts=people, messages=messages))

    assert {len((event.item.frame or {})["contacts"]) for event in found} == {1}


MID = "m_1"
ONE_MESSAGE_IN_ALL_ITS_KINDS = [
    text(MID),
    messaging(message_edit={"mid": MID, "text": "a", "num_edit": 1}),
    messaging(message_edit={"mid": MID, "text": "b", "num_edit": 2}),
    messaging(message={"mid": MID, "is_deleted": True}),
    messaging(reaction={"mid": MID, "action": "react", "emoji": "x"}),
    messaging(reaction={"mid": MID, "action": "unreact"}),
    messaging(timestamp=1763700001000, reaction={"mid": MID, "action": "react", "emoji": "y"}),
    messaging(read={"mid": MID}),
    messaging(delivery={"mids": [MID]}),
    messaging(response_feedback={"mid": MID, "feedback": "Good response"}),
]
ONE_WAMID_IN_ALL_ITS_KINDS = [
    {"messages": [wa_message()]},
    {"messages": [wa_message(type="edit", edit={"original_message_id": "wamid.A"})]},
    {"messages": [wa_message(type="revoke", revoke={"original_message_id": "wamid.A"})]},
    {"messages": [wa_message(type="reaction", reaction={"message_id": "wamid.A"})]},
    {"statuses": [{"id": "wamid.A", "status": "sent"}]},
    {"statuses": [{"id": "wamid.A", "status": "read"}]},
    {"statuses": [{"id": "wamid.A", "status": "read", "recipient_participant_id": "1"}]},
    {"history": [{"threads": [{"id": "90", "messages": [wa_message()]}]}]},
]


def test_f02_kinds_of_one_mid_have_ids_of_their_own() -> None:
    found = [event.event_id for event in parse(page(*ONE_MESSAGE_IN_ALL_ITS_KINDS))]

    assert len(set(found)) == len(ONE_MESSAGE_IN_ALL_ITS_KINDS)
    assert [event_id for event_id in found if MID not in event_id] == []


def test_f02_kinds_of_one_wamid_have_ids_of_their_own() -> None:
    found = [one(whatsapp(**value)).event_id for value in ONE_WAMID_IN_ALL_ITS_KINDS]

    assert len(set(found)) == len(ONE_WAMID_IN_ALL_ITS_KINDS)
    assert [event_id for event_id in found if "wamid.A" not in event_id] == []


@pytest.mark.parametrize("file", WEBHOOKS)
def test_a_delivery_that_comes_again_has_the_same_ids(file: str) -> None:
    again = [event.event_id for event in parse(payload(file))]

    assert [event.event_id for event in parse(payload(file))] == again


@pytest.mark.parametrize("file", WEBHOOKS)
def test_every_item_survives_the_queue(file: str) -> None:
    events = [event for event in parse(payload(file)) if event.platform in READ]

    carried = msgspec.json.encode([event.item for event in events])

    items = msgspec.json.decode(carried, type=list[Item])
    assert [READ[event.platform](item) for event, item in zip(events, items, strict=True)] == events


def test_a_reason_names_keys_and_no_values() -> None:
    event = one(page(messaging(secret_key="my phone is 555")))

    assert event.reason == "messaging, keys: recipient, secret_key, sender, timestamp"


def test_a_field_that_is_no_name_is_not_repeated() -> None:
    changes = [{"field": "call me at 555", "value": {"a": 1}}]

    assert one(page(messaging=[], changes=changes)).reason == "field without a name, keys: a"


def test_f33_text_that_no_store_takes_is_repaired_at_the_border() -> None:
    message = b'{"mid":"m","text":"a\\ud83db\\uffff"}'
    raw = b'{"object":"page","entry":[{"messaging":[{"message":%b}]}]}' % message

    assert one(decode(raw)).text == "a\ufffdb\ufffd"
