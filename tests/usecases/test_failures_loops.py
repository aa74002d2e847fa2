"""Loops and races: our own echoes, another bot, ten messages at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.channel import NotificationTopic
from chalicelib.core.messages import Author, State
from chalicelib.platforms import Accepted, GraphRequest
from chalicelib.platforms._graph_answers import read_answer
from chalicelib.usecases import process_batch
from devtools.simulator import Simulator
from tests import builders
from tests.intake import to_bytes
from tests.usecases.journey import CHANNELS, PAGE, PROFESSIONAL, Journey, page, seconds, shop, text

CUSTOMER = "905551112233"
MUG = NotificationTopic(topic="mug", title="When the mug is back", keywords=("mug",))


@dataclass
class MetaSender:
    """A Sender that asks the stand-in for Meta."""

    meta: Simulator

    def post(self, channel: Any, request: GraphRequest) -> Accepted:
        path = f"/v25.0/{channel.channel_id}/messages"
        answer = self.meta.answer("POST", path, {"authorization": "Bearer t"}, request.body)
        return read_answer(answer.status, {}, to_bytes(answer.body))

    def get(self, *_: object) -> None:
        return None


class Loop:
    """The product and the stand-in, each fed with what the other says, until both are silent."""

    def __init__(self, channel_id: str, platform: str, **settings: Any) -> None:
        self.meta = Simulator()
        self.meta.control(
            "POST",
            "/_channels",
            [{"platform": platform, "channel_id": channel_id, "token": "t"}],
        )
        self.journey = Journey(
            shop(channel_id, platform, **settings), at=self._now(), sender=MetaSender(self.meta)
        )
        self._channel_id, self._told = channel_id, 0

    def customer_writes(self, words: str = "hi") -> None:
        who = {"channel_id": self._channel_id, "contact_id": CUSTOMER}
        self.meta.control("POST", "/_customer/message", who | {"text": words})

    def rounds(self, *, at_most: int = 10) -> int:
        """How often something new had to be passed on."""
        for number in range(at_most):
            news = self._news()
            if not news:
                return number
            self.journey.clock.at = max(self._now(), self.journey.clock.at)
            self.journey.deliver(*news)
        raise AssertionError("they do not stop talking")

    @property
    def accepted(self) -> list[Any]:
        calls: list[Any] = self.meta.control("GET", "/_log")
        return [call for call in calls if call["accepted"]]

    def _news(self) -> list[Any]:
        self.meta.control("POST", "/_wait", {"seconds": 10})
        deliveries = self.meta.control("GET", "/_deliveries")
        told, self._told = self._told, len(deliveries)
        return [one["body"] for one in deliveries[told:]]

    def _now(self) -> datetime:
        return datetime.fromisoformat(self.meta.control("GET", "/_health")["now"])


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.platform)
def test_f39_one_message_gets_one_reply_and_then_there_is_silence(channel: Any) -> None:
    loop = Loop(channel.channel_id, channel.platform)
    loop.customer_writes()
    rounds = loop.rounds()
    assert (len(loop.accepted), rounds) == (1, 2)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.platform)
def test_f39_our_echo_makes_no_row_of_its_own(channel: Any) -> None:
    loop = Loop(channel.channel_id, channel.platform)
    loop.customer_writes()
    loop.rounds()
    told = sorted((row.author, row.state) for row in loop.journey.rows)
    assert told == [(Author.AUTOMATION, State.SENT), (Author.CUSTOMER, State.RECEIVED)]


@pytest.mark.parametrize("app_id", [None, 4711])
def test_f39_an_echo_of_somebody_else_is_not_answered(app_id: int | None) -> None:
    loop = Loop(PAGE, "messenger")
    who = {"channel_id": PAGE, "contact_id": CUSTOMER, "text": "Hello"}
    loop.meta.control("POST", "/_native/reply", who | ({"app_id": app_id} if app_id else {}))
    loop.rounds()
    assert loop.accepted == []


BOTS = {
    "the same text": lambda number: ("The mug?", timedelta(seconds=12)),
    "varied texts": lambda number: (f"The mug? {number}", timedelta(seconds=12)),
    "delayed": lambda number: (f"mug {number}", timedelta(minutes=number % 50)),
    "a little too fast": lambda number: (f"mug {number}", timedelta(seconds=3)),
}


def talk(bot: str) -> Journey:
    """For a day the bot writes again as soon as it is answered, or after a quarter of an hour."""
    chatty = shop(PROFESSIONAL, "instagram", notification_topics=(MUG,))
    journey, number = Journey(chatty), 0
    while journey.clock() < builders.NOON + timedelta(hours=24):
        words, pause = BOTS[bot](number)
        before = len(journey.posts)
        journey.deliver(bot_writes(words, number, journey.clock()))
        answered = len(journey.posts) > before
        journey.clock.at += max(pause, timedelta(seconds=1) if answered else timedelta(minutes=15))
        number += 1
    return journey


def bot_writes(words: str, number: int, at: datetime) -> dict[str, Any]:
    item = text("9001", words, mid=f"bot_{number}", at=at) | {"recipient": {"id": PROFESSIONAL}}
    return {"object": "instagram", "entry": [{"id": PROFESSIONAL, "messaging": [item]}]}


@pytest.mark.parametrize("bot", BOTS)
def test_f40_two_bots_talk_at_most_ten_times_a_day(bot: str) -> None:
    journey = talk(bot)
    assert 3 < len(journey.posts) <= 10


@pytest.mark.parametrize("bot", BOTS)
def test_f40_the_rest_of_automation_is_counted(bot: str) -> None:
    assert talk(bot).rt.log.counts["automation_rests"] > 0


def test_f40_the_next_day_there_is_an_answer_again() -> None:
    journey = talk("varied texts")
    before = len(journey.posts)
    journey.clock.advance(hours=1)
    journey.deliver(bot_writes("mug", 10_000, journey.clock()))
    assert len(journey.posts) == before + 1


def ten_at_once(journey: Journey) -> None:
    """Ten workers, each with the record of one of ten first messages of one contact."""
    items = [text(mid=f"m_{number}", at=seconds(number / 10)) for number in range(10)]
    journey.post(page(*items))
    journey.esm.poll()
    (records,) = journey.esm.batches
    with ThreadPoolExecutor(max_workers=10) as workers:
        list(workers.map(lambda record: process_batch.run([record], journey.rt), records))


@pytest.mark.parametrize("attempt", range(5))
def test_f41_ten_simultaneous_first_messages_get_one_reply(attempt: int) -> None:
    journey = Journey()
    journey.esm.handler = lambda _records: None
    ten_at_once(journey)
    assert (len(journey.rt.conversations.rows), len(journey.posts)) == (1, 1)


@pytest.mark.parametrize("attempt", range(5))
def test_f41_all_ten_are_stored_and_one_wait_is_open(attempt: int) -> None:
    journey = Journey()
    journey.esm.handler = lambda _records: None
    ten_at_once(journey)
    (row,) = journey.rt.conversations.rows.values()
    assert (len(journey.rows), row.wait_opened_at) == (11, builders.NOON)


def test_f41_an_album_gets_one_reply() -> None:
    photo = {"attachments": [{"type": "image", "payload": {"url": "https://cdn.test/1"}}]}
    items = [text(words=None, mid=f"m_{number}", **photo) for number in range(10)]
    journey = Journey()
    journey.deliver(page(*items))
    assert (len(journey.posts), len(journey.rows)) == (1, 11)
