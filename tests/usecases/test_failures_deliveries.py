"""Deliveries as they should not be: repeated, crowded, replayed, of strangers, of the future."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.events import Event
from chalicelib.core.messages import Author
from chalicelib.platforms import parse
from chalicelib.usecases.receive_webhook import Outcome
from tests.platforms import recorded
from tests.usecases.journey import (
    CHANNELS,
    NUMBER,
    PAGE,
    Journey,
    messaging,
    page,
    seconds,
    shop,
    text,
)

FIFO_FORGETS, WHATSAPP_REPEATS = timedelta(minutes=6), timedelta(days=7)
NO_TIME = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def of_a_known_channel(file: str) -> list[Event]:
    events: list[Event] = recorded.events(file)
    return [event for event in events if event.channel_id and event.contact_id]


CORPUS = [file for file in recorded.WEBHOOKS if of_a_known_channel(file)]


def journey_of(file: str) -> Journey:
    """Its channels are connected and its customers have just written."""
    events = of_a_known_channel(file)
    channels = {event.channel_id: shop(event.channel_id, event.platform) for event in events}
    last = max((event.occurred_at or NO_TIME for event in events), default=NO_TIME)
    return Journey(*channels.values(), at=last + timedelta(seconds=1))


@pytest.mark.parametrize("times", [2, 3, 10])
@pytest.mark.parametrize("pause", [timedelta(), FIFO_FORGETS, WHATSAPP_REPEATS], ids=str)
def test_f01_a_repeated_delivery_ends_in_the_state_of_one(times: int, pause: timedelta) -> None:
    assert [repeated(file, times, pause) for file in CORPUS] == [
        repeated(file, 1, pause) for file in CORPUS
    ]


def repeated(file: str, times: int, pause: timedelta) -> tuple[str, str]:
    journey = journey_of(file)
    for _ in range(times):
        journey.deliver(recorded.payload(file))
        journey.clock.at += pause
    return file, journey.state()


def test_f01_what_comes_without_a_time_keeps_that_of_its_first_receipt() -> None:
    timeless = {name: fact for name, fact in text().items() if name != "timestamp"}
    journey = Journey()
    journey.deliver(page(timeless))
    before = journey.state()
    journey.clock.advance(hours=1)
    journey.deliver(page(timeless))
    assert journey.state() == before


def test_f01_the_corpus_makes_us_store_and_send() -> None:
    journeys = [journey_of(file) for file in CORPUS]
    for file, journey in zip(CORPUS, journeys, strict=True):
        journey.deliver(recorded.payload(file))
    stored, sent = (sum(len(found) for found in each) for each in (rows(journeys), posts(journeys)))
    assert (len(CORPUS) > 150, stored > 100, sent > 50) == (True, True, True)


def rows(journeys: list[Journey]) -> list[Any]:
    return [journey.rows for journey in journeys]


def posts(journeys: list[Journey]) -> list[Any]:
    return [journey.posts for journey in journeys]


MID = {"mid": "m_1"}
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "edit": ({"message_edit": MID | {"text": "new", "num_edit": 1}}, "edited_at"),
    "unsend": ({"message": MID | {"is_deleted": True}}, "deleted_at"),
    "reaction": (
        {"reaction": MID | {"action": "react", "emoji": "x", "reaction": "other"}},
        "customer_reaction",
    ),
    "read": ({"read": MID}, "statuses"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_f02_another_kind_under_the_same_mid_is_no_duplicate(kind: str) -> None:
    inner, shows_in = KINDS[kind]
    journey = Journey()
    journey.deliver(instagram(messaging("7001", {"message": MID | {"text": "hi"}})))
    journey.deliver(instagram(messaging("7001", inner, at=seconds(5))))
    (row,) = [row for row in journey.rows if row.author is Author.CUSTOMER]
    assert getattr(row, shows_in)


def instagram(item: Any) -> dict[str, Any]:
    channel = CHANNELS[1].channel_id
    entry = {"id": channel, "time": 0, "messaging": [item | {"recipient": {"id": channel}}]}
    return {"object": "instagram", "entry": [entry]}


@pytest.mark.parametrize("position", [0, 500, 999])
@pytest.mark.parametrize("malformed", [None, 7, "text", [], {}, {"message": {"mid": 1}}], ids=repr)
def test_f03_of_a_thousand_one_malformed_is_kept_and_the_others_are_stored(
    position: int, malformed: object
) -> None:
    journey = Journey(shop(PAGE, "messenger", instant_reply=CHANNELS[0].away_message))
    items: list[Any] = [text(f"70{number}", mid=f"m_{number}") for number in range(1000)]
    items[position] = malformed
    outcomes = journey.deliver(page(*items))
    assert (outcomes, len(journey.rows), len(journey.kept)) == ([Outcome.ACCEPTED], 999, 1)


def test_f03_several_pages_in_one_body_go_to_their_own_conversations() -> None:
    journey = Journey(shop("1", "messenger"), shop("2", "messenger"))
    entries = [{"id": channel, "time": 0, "messaging": [text()]} for channel in ("1", "2")]
    for entry in entries:
        entry["messaging"][0]["recipient"] = {"id": entry["id"]}
    journey.deliver({"object": "page", "entry": entries})
    assert len(journey.rt.conversations.rows) == 2


@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(days=9), timedelta(days=400)])
def test_f36_a_replayed_delivery_sends_nothing_and_changes_nothing(later: timedelta) -> None:
    journey = Journey()
    journey.deliver(page(text()))
    before = journey.state()
    journey.clock.at += later
    assert journey.deliver(page(text())) == [Outcome.ACCEPTED]
    assert journey.state() == before


@pytest.mark.parametrize("later", [timedelta(minutes=11), timedelta(days=9), timedelta(days=400)])
def test_f36_what_is_delivered_late_for_the_first_time_is_stored_and_not_answered(
    later: timedelta,
) -> None:
    journey = Journey()
    journey.clock.at += later
    journey.deliver(page(text()))
    assert (len(journey.rows), journey.posts) == (1, [])


def test_f36_ten_minutes_are_not_too_late() -> None:
    journey = Journey()
    journey.clock.at += timedelta(minutes=10)
    journey.deliver(page(text()))
    assert len(journey.posts) == 1


def test_f19_an_event_from_the_future_is_kept_apart() -> None:
    journey = Journey()
    journey.deliver(page(text(at=seconds(601))))
    assert (journey.kept, journey.rows, journey.posts) == (["from_the_future"], (), [])


STRANGERS = {
    "an unknown page": page(text() | {"recipient": {"id": "4711"}}, channel_id="4711"),
    "a number known as a page": {
        "object": "page",
        "entry": [{"id": NUMBER, "messaging": [text() | {"recipient": {"id": NUMBER}}]}],
    },
}


@pytest.mark.parametrize("name", STRANGERS)
def test_f38_what_is_for_an_unknown_channel_is_kept_and_not_answered(name: str) -> None:
    journey = Journey()
    outcomes = journey.deliver(STRANGERS[name])
    found = outcomes, journey.kept, journey.rows, journey.posts
    assert found == ([Outcome.ACCEPTED], ["unknown_channel"], (), [])


def test_f38_what_was_kept_is_the_item_as_it_came() -> None:
    journey = Journey()
    journey.deliver(STRANGERS["an unknown page"])
    ((body, _, _),) = journey.rt.quarantine.kept
    assert json.loads(body)["body"] == STRANGERS["an unknown page"]["entry"][0]["messaging"][0]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every object in it."""
    if isinstance(value, dict):
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in pairs:
        if isinstance(part, dict | list):
            yield from places(part, (*path, key))


def with_news(payload: Any, path: tuple[Any, ...]) -> Any:
    """The same with a field there that nobody has heard of."""
    changed = deepcopy(payload)
    place = changed
    for key in path:
        place = place[key]
    place["hologram_2031"] = {"depth": [1, None, "x"]}
    return changed


def kinds(payload: Any) -> list[tuple[str, str | None, str | None]]:
    return [(type(event).__name__, event.channel_id, event.contact_id) for event in parse(payload)]


NEWS = [
    pytest.param(file, id=file.rsplit("/", 1)[-1])
    for file in CORPUS
    if len(recorded.events(file)) == 1
][::6]


@pytest.mark.parametrize("file", NEWS)
def test_f37_a_new_field_anywhere_changes_nothing_that_we_know(file: str) -> None:
    payload = recorded.payload(file)
    expected = kinds(payload)
    changed = [kinds(with_news(payload, path)) for path in places(payload)]
    assert [found for found in changed if found != expected] == []


UNKNOWN = {
    "object": {"object": "threads", "entry": [{"id": PAGE, "messaging": [text()]}]},
    "field": {"object": "page", "entry": [{"id": PAGE, "changes": [{"field": "hologram"}]}]},
    "event": page(messaging("7001", {"hologram": {"depth": 3}})),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_f37_an_unknown_kind_is_kept_and_counted(name: str) -> None:
    journey = Journey()
    outcomes = journey.deliver(UNKNOWN[name])
    found = outcomes, journey.kept, journey.rt.log.counts["events_kept"], journey.posts
    assert found == ([Outcome.ACCEPTED], ["not_handled"], 1, [])


def test_f37_an_unknown_kind_does_not_block_its_neighbours() -> None:
    journey = Journey()
    journey.deliver(page(messaging("7001", {"hologram": {}}), text(), {"hologram": {}}))
    assert (len(journey.posts), len(journey.kept)) == (1, 2)
