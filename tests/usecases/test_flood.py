"""A channel whose customers all write at once: replies beyond its rate wait for the schedule, and
nobody else waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.messages import Author, Message, State
from chalicelib.ports import Runtime
from chalicelib.usecases import send_due
from tests import builders
from tests.usecases.journey import PAGE, Journey, page, shop, text

CALM = "200200200200202"
CUSTOMERS = 200
MINUTE = timedelta(minutes=1)


def never(_seconds: float) -> None:
    raise AssertionError("a worker sleeps")


@pytest.fixture
def flood() -> Journey:
    """Two hundred write to a Page that may send 20 a second, and among them ten to another."""
    channels = shop(PAGE, "messenger", sends_per_second=20), shop(CALM, "messenger")
    journey = Journey(*channels, sleep=never)
    for n in range(CUSTOMERS):
        journey.post(page(text(f"70{n}", mid=f"m{n}")))
    for n in range(10):
        item = text(f"80{n}", mid=f"c{n}") | {"recipient": {"id": CALM}}
        journey.post(page(item, channel_id=CALM))
        journey.clock.advance(milliseconds=150)  # or the calm one would be too fast as well
        journey.esm.run()
    return journey


def replies(journey: Journey, channel_id: str) -> list[Message]:
    rows = [row for row in journey.rows if row.author is Author.AUTOMATION]
    return [row for row in rows if row.channel_id == channel_id]


def test_f16_every_message_is_stored_and_none_goes_back_to_the_queue(flood: Journey) -> None:
    customers = [row for row in flood.rows if row.author is Author.CUSTOMER]
    assert len(customers) == CUSTOMERS + 10
    handled = [record["messageId"] for records in flood.esm.batches for record in records]
    assert len(handled) == len(set(handled)) == CUSTOMERS + 10


def test_f16_nobody_sleeps(flood: Journey) -> None:
    assert flood.clock() == builders.NOON + 10 * timedelta(milliseconds=150)


def test_f16_replies_beyond_the_rate_are_planned(flood: Journey) -> None:
    states = [row.state for row in replies(flood, PAGE)]
    assert set(states) == {State.SENT, State.PLANNED}
    assert len(states) == CUSTOMERS
    assert states.count(State.SENT) <= 20 * 3


def test_f16_the_other_channel_answers_at_once(flood: Journey) -> None:
    answered = replies(flood, CALM)
    assert {row.state for row in answered} == {State.SENT}
    assert len(answered) == 10


def test_f16_the_schedule_sends_the_rest_as_fast_as_the_channel_may(flood: Journey) -> None:
    flood.clock.at = builders.NOON + MINUTE
    runs = [send_due.run(minutes_run(flood)) for _ in range(2)]
    assert sum(runs) == CUSTOMERS - sent_before_the_schedule(flood)
    assert busiest_second(flood) <= 20


def minutes_run(journey: Journey) -> Runtime:
    """The schedule's function may sleep."""
    return replace(journey.rt, sleep=lambda seconds: journey.clock.advance(seconds=seconds))


def sent_before_the_schedule(journey: Journey) -> int:
    return sum(row.occurred_at < builders.NOON + MINUTE for row in replies(journey, PAGE))


def busiest_second(journey: Journey) -> int:
    times = sorted(row.occurred_at for row in replies(journey, PAGE))
    return max(sum(at <= each < at + MINUTE / 60 for each in times) for at in times)
