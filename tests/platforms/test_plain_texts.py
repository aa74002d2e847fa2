"""The short way for plain texts leads to the same events as the long way."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.core.events import Event, Item
from chalicelib.platforms import Unreadable, decode, events_in, parse
from chalicelib.platforms._plain_texts import plain_texts
from tests.platforms import recorded
from tests.platforms.bodies import messaging, page, text, wa_message, whatsapp
from tests.platforms.test_any_body import JSON, WORDS, changed, pointers

WHATSAPP_PRODUCT = {"messaging_product": "whatsapp"}
CONTACT = {"profile": {"name": "Ana"}, "wa_id": "905551112233", "user_id": "TR.1"}


def wa_text(contact: dict[str, Any] = CONTACT, **facts: Any) -> dict[str, Any]:
    messages = [wa_message(**facts)]
    return whatsapp(**WHATSAPP_PRODUCT, contacts=[contact], messages=messages)


PLAIN = {
    "messenger": page(text(), text("m_2"), time=1763700000001),
    "messenger with seq and nlp": page(text(seq=4, nlp={"intents": []})),
    "instagram": page(text(), object="instagram", time=1763700000001),
    "whatsapp": wa_text(from_user_id="TR.1"),
    "whatsapp without a phone": whatsapp(
        **WHATSAPP_PRODUCT,
        contacts=[{"profile": {"name": "Ana", "username": "ana"}, "user_id": "TR.1"}],
        messages=[{k: v for k, v in wa_message().items() if k != "from"} | {"from_user_id": "T"}],
    ),
    "whatsapp, user id with the contact only": wa_text(),
    "whatsapp without a user id": wa_text({"profile": {"name": "A"}, "wa_id": "905551112233"}),
}
LONG_WAY = {
    "an entry with nothing in it": {
        "object": "page",
        "entry": [{"id": "1001", "messaging": each} for each in ([text()], [])],
    },
    "our own message": page(text() | {"sender": {"id": "1001"}, "recipient": {"id": "7001"}}),
    "an echo": page(text(is_echo=True)),
    "a message and a status": page(text(), messaging(read={"watermark": 1})),
    "a standby list": page(text(), standby=[text("m_2")]),
    "an empty text": page(messaging(message={"mid": "m_1", "text": ""})),
    "seconds on Messenger": page(text() | {"timestamp": 1763700000}),
    "a year beyond 9999": page(text() | {"timestamp": 10**15}),
    "a number of somebody else": wa_text(CONTACT, **{"from": "1"}),
    "nobody named": wa_text({"profile": {"name": "Ana"}}, **{"from": None}),
    "a date of letters": wa_text(timestamp="abcdefghij"),
    "a reply": wa_text(context={"id": "wamid.0"}),
    "two contacts": whatsapp(
        **WHATSAPP_PRODUCT, contacts=[CONTACT, CONTACT], messages=[wa_message()]
    ),
}


def raw(body: Any) -> bytes:
    return json.dumps(body).encode()


def as_queued(event: Event) -> Event:
    """The event as the worker has it, with an item that came through JSON."""
    item = msgspec.json.decode(msgspec.json.encode(event.item), type=Item)
    return replace(event, item=item)


def both_ways(delivery: bytes) -> tuple[list[Event], list[Event]]:
    return [as_queued(event) for event in events_in(delivery)], parse(decode(delivery))


def told_apart(bodies: Iterable[Any]) -> list[Any]:
    """The bodies of which the two ways tell something else."""
    ways = [(body, *both_ways(raw(body))) for body in bodies]
    return [body for body, short, long in ways if short != long]


def without(body: Any, path: tuple[Any, ...], key: str) -> Any:
    copied = copy.deepcopy(body)
    place = copied
    for step in path:
        place = place[step]
    del place[key]
    return copied


def at(body: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        body = body[step]
    return body


def keys(body: Any) -> list[tuple[tuple[Any, ...], str]]:
    """Every key of every object in the body, with the object's path."""
    return [(path, key) for path in pointers(body) for key in at(body, path)]


ODD = [None, "", "x", 0, -1, 7.5, 1763700000000.0, "1763700000", True, [], {}, [None], {"id": ""}]


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_text_goes_the_short_way(name: str) -> None:
    assert len(plain_texts(raw(PLAIN[name]))) >= 1


@pytest.mark.parametrize("name", LONG_WAY)
def test_what_is_no_plain_text_goes_the_long_way(name: str) -> None:
    assert plain_texts(raw(LONG_WAY[name])) == []


@pytest.mark.parametrize("name", [*PLAIN, *LONG_WAY])
def test_both_ways_lead_to_the_same_events(name: str) -> None:
    assert told_apart([(PLAIN | LONG_WAY)[name]]) == []


@pytest.mark.parametrize("file", recorded.WEBHOOKS)
def test_both_ways_lead_to_the_same_events_of_a_recorded_body(file: str) -> None:
    short, long = both_ways((recorded.FOLDER / file).read_bytes())

    assert short == long


def test_recorded_texts_go_the_short_way() -> None:
    short = [
        file for file in recorded.WEBHOOKS if plain_texts((recorded.FOLDER / file).read_bytes())
    ]

    assert len(short) >= 15


@pytest.mark.parametrize("name", PLAIN)
def test_both_ways_lead_to_the_same_events_when_a_key_is_missing(name: str) -> None:
    body = PLAIN[name]

    assert told_apart(without(body, path, key) for path, key in keys(body)) == []


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("name", PLAIN)
def test_both_ways_lead_to_the_same_events_when_a_value_is_odd(name: str, odd: Any) -> None:
    body = PLAIN[name]

    assert told_apart(changed(body, path, key, odd) for path, key in keys(body)) == []


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_f37_both_ways_lead_to_the_same_events_when_something_is_new(data: st.DataObject) -> None:
    body = PLAIN[data.draw(st.sampled_from(sorted(PLAIN)))]
    path = data.draw(st.sampled_from(pointers(body)))
    key = data.draw(st.one_of(WORDS, st.text(min_size=1, max_size=6)))

    assert told_apart([changed(body, path, key, data.draw(JSON))]) == []


@given(st.text(min_size=1))
def test_both_ways_lead_to_the_same_text(said: str) -> None:
    assert told_apart([page(messaging(message={"mid": "m", "text": said}))]) == []


@pytest.mark.parametrize("escape", [rb"\ufffe", rb"\uFFFF", "\ufffe".encode(), rb"\ud83d"])
def test_f33_text_that_no_store_takes_is_repaired(escape: bytes) -> None:
    delivery = raw(PLAIN["messenger"]).replace(b'"hi"', b'"a' + escape + b'b"')

    assert [event.text for event in events_in(delivery)] == ["a\ufffdb", "a\ufffdb"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "delivery",
    [
        b'{"text"',
        b'{"object":"page","entry":[{"id":"\xc3\x28","text":"x"}]}',
        raw(PLAIN["messenger with seq and nlp"]).replace(b"[]", b"[" * 5000 + b"]" * 5000),
    ],
)
def test_f34_what_cannot_be_read_is_unreadable_either_way(delivery: bytes) -> None:
    with pytest.raises(Unreadable):
        events_in(delivery)
