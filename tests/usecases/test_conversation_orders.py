"""F04: whatever the order in which a conversation's facts arrive, they end in one state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.core.conversation import Conversation, Wait
from chalicelib.core.events import MessageEchoed, MessageReceived
from chalicelib.core.messages import Author
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import move_conversation, record_echo, stored_message
from tests import builders, fakes

Fact = MessageReceived | MessageEchoed
CHANNEL = builders.channel()


def customer(seconds: float) -> MessageReceived:
    at = builders.NOON + timedelta(seconds=seconds)
    return builders.message_received(message_id=f"c{seconds}", occurred_at=at)


def native(seconds: float) -> MessageEchoed:
    at = builders.NOON + timedelta(seconds=seconds)
    return builders.echo(message_id=f"n{seconds}", occurred_at=at, text=f"n{seconds}")


def other_app(seconds: float) -> MessageEchoed:
    return replace(native(seconds), message_id=f"o{seconds}", app_id="4711")


def deliver(fact: Fact, rt: Runtime) -> None:
    if isinstance(fact, MessageEchoed):
        record_echo.run(fact, CHANNEL, rt)
        return
    rt.messages.record(stored_message.received(fact, CHANNEL))
    at = stored_message.time_of(fact)
    step = Step(at=at, day=CHANNEL.local_day(at), author=Author.CUSTOMER, opens="message")
    move_conversation.run(CHANNEL, builders.CONTACT, lambda _row: step, rt)


def state_after(facts: Sequence[Fact]) -> tuple[Conversation, list[Wait], list[tuple[str, Author]]]:
    rt = fakes.runtime(CHANNEL, now=builders.NOON + timedelta(hours=1))
    for fact in facts:
        deliver(fact, rt)
    row = rt.conversations.load(builders.CONVERSATION)
    assert row is not None
    waits = sorted(rt.waits.of_day(CHANNEL.channel_id, builders.TODAY), key=lambda w: w.opened_at)
    history = rt.messages.history(builders.CONVERSATION)
    return replace(row, version=0), list(waits), [(m.message_id, m.author) for m in history]


STORIES = {
    "answered twice": [customer(0), customer(20), native(60), native(90)],
    "two waits": [customer(0), native(30), customer(60), customer(70), native(100)],
    "answer between two messages": [customer(0), native(30), customer(40)],
    "Meta's own automation": [customer(0), native(3), customer(20), native(60)],
    "automation is found late": [native(3), native(60), customer(0), customer(58)],
    "agent first": [native(0), customer(30), native(45)],
    "another app": [customer(0), other_app(10), native(40), customer(50)],
    "same moment": [customer(0), native(0), customer(30), native(30)],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_f04_every_order_of_a_conversation_ends_in_one_state(story: list[Fact]) -> None:
    assert {repr(state_after(order)) for order in permutations(story)} == {repr(state_after(story))}


facts = st.lists(
    st.tuples(st.sampled_from([customer, native, other_app]), st.integers(0, 40)).map(
        lambda drawn: drawn[0](drawn[1] * 2.5)
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda fact: fact.message_id,
)


@given(facts.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
@settings(max_examples=300, deadline=None)
def test_f04_any_conversation_ends_in_one_state(pair: tuple[list[Fact], list[Fact]]) -> None:
    one, other = pair
    assert state_after(one) == state_after(other)


@given(facts.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn * 2))))
@settings(max_examples=150, deadline=None)
def test_f01_repeated_deliveries_change_nothing(pair: tuple[list[Fact], list[Fact]]) -> None:
    once, twice = pair
    assert state_after(once) == state_after(twice)


def test_a_wait_closes_at_the_first_answer_of_a_person() -> None:
    _, waits, _ = state_after([customer(0), customer(20), native(60), native(90)])
    assert [(w.opened_at, w.answered_at) for w in waits] == [
        (builders.NOON, builders.NOON + timedelta(seconds=60))
    ]
