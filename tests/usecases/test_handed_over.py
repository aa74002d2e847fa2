"""Whoever begins to wait hears something: a greeting, or that a person will answer."""

from __future__ import annotations

from contextlib import suppress

import pytest
from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.informing import FrequentQuestion
from tests.usecases.crashes import Point, Watch, points
from tests.usecases.journey import PAGE, Journey, echo, page, seconds, shop, text, texts

NOTICE = AutomaticReply(text="A person will answer.")
CHANNEL = shop(PAGE, "messenger", handover_notice=NOTICE, person_pause_minutes=0)
HELLO = text(mid="m_1", at=seconds(0))
ANSWER = echo(mid="m_person", words="It is back.", at=seconds(60))
AGAIN = text(mid="m_2", at=seconds(120))


def at(second: float, *payloads, journey: Journey | None = None) -> Journey:
    """The delivery of these at that second, in a shop that knows what came before."""
    journey = journey or Journey(CHANNEL)
    journey.clock.at = seconds(second)
    journey.deliver(*(page(each) for each in payloads))
    return journey


def come_back() -> Journey:
    """A customer was greeted and answered, and writes again."""
    return at(121, AGAIN, journey=at(61, ANSWER, journey=at(1, HELLO)))


def a_bot_writes(*, times: int) -> Journey:
    """Once a minute, each time answered by a person."""
    journey = Journey(CHANNEL)
    for second in range(0, times * 60, 60):
        at(second, text(mid=f"c{second}", at=seconds(second)), journey=journey)
        told = echo(mid=f"p{second}", words=f"{second}", at=seconds(second + 30))
        at(second + 31, told, journey=journey)
    return journey


def test_whoever_comes_back_is_told_that_a_person_will_answer() -> None:
    assert texts(come_back().posts) == ["Hello!", "A person will answer."]


def test_whoever_was_greeted_is_not_told_in_the_same_wait() -> None:
    journey = at(31, text(mid="m_3", at=seconds(30)), journey=at(1, HELLO))
    assert texts(journey.posts) == ["Hello!"]


def test_it_is_said_once_a_wait() -> None:
    journey = at(151, text(mid="m_3", at=seconds(150)), journey=come_back())
    assert texts(journey.posts) == ["Hello!", "A person will answer."]


def test_whoever_was_answered_and_is_not_understood_then_is_told() -> None:
    ships = FrequentQuestion(name="ships", question="Do you ship?", answer="Yes.")
    journey = Journey(replace(CHANNEL, frequent_questions=(ships,)))
    at(1, text(mid="m_1", words="Do you ship?", at=seconds(0)), journey=journey)
    at(31, text(mid="m_2", words="And returns?", at=seconds(30)), journey=journey)
    at(61, text(mid="m_3", words="Hello?", at=seconds(60)), journey=journey)
    assert [row.automation for row in journey.rows if row.automation] == [
        "frequent_questions",
        "handover_notice",
    ]


def test_f01_a_repeated_message_is_told_once() -> None:
    journey = at(130, AGAIN, journey=come_back())
    assert texts(journey.posts) == ["Hello!", "A person will answer."]


def test_f40_a_bot_that_answers_every_notice_is_left_alone_after_three() -> None:
    assert len(a_bot_writes(times=6).posts) == 3


def _calls() -> list[str]:
    journey, watch = at(61, ANSWER, journey=at(1, HELLO)), Watch()
    journey.worker = watch.over(journey.rt)
    at(121, AGAIN, journey=journey)
    return watch.calls


@pytest.mark.parametrize("point", points(_calls()), ids=str)
def test_f07_a_notice_whose_worker_died_is_said_once_or_in_doubt(point: Point) -> None:
    journey = at(61, ANSWER, journey=at(1, HELLO))
    journey.worker = Watch(point).over(journey.rt)
    with suppress(SystemExit):
        at(121, AGAIN, journey=journey)
    journey.worker = journey.rt
    at(200, journey=journey)
    ours = [row for row in journey.rows if row.automation == "handover_notice"]
    assert (len(ours), len(journey.posts) <= 2) == (1, True)
