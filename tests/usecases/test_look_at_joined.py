"""F08: an unknown send to somebody with two keys, joined by hand, is looked for under both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Author, Message, State
from chalicelib.core.steps import Step
from chalicelib.platforms import ErrorClass, SendError, _conversations_api
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    join_by_hand,
    move_conversation,
    reply_as_person,
    settle_unknown,
)
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON

OTHER = "7002"
OTHER_CONVERSATION = conversation_id("messenger", CHANNEL, OTHER)
LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
SAYS = "It is, from Tuesday on."


def wrote(rt: Runtime, contact: str) -> None:
    """The customer writes by this key, and the window opens."""
    channel, step = (
        builders.channel(),
        Step(at=rt.now(), day=builders.TODAY, author=Author.CUSTOMER, opens="message"),
    )
    row = builders.message(
        conversation_id=conversation_id("messenger", CHANNEL, contact),
        message_id=f"m-{contact}",
        occurred_at=rt.now(),
    )
    rt.messages.record(row)
    move_conversation.run(channel, contact, lambda _: step, rt)


def shows(rt: Runtime, contact: str, *written: tuple[str, str]) -> None:
    """What the platform shows under this key: what the customer said, and what we did."""
    theirs = {"id": f"m-{contact}", "created_time": NOON.isoformat(), "from": {"id": contact}}
    ours = [
        {"id": mid, "created_time": rt.now().isoformat(), "from": {"id": CHANNEL}, "message": said}
        for mid, said in written
    ]
    path = _conversations_api.path("messenger", CHANNEL, contact)
    rt.sender.answers[path] = {"data": [{"messages": {"data": [*ours, theirs]}}]}


@pytest.fixture
def rt() -> Runtime:
    """Two keys of one person; the answer goes to the one that wrote last, and its fate is unknown.
    The platform shows it there alone."""
    runtime = fakes.runtime(builders.channel())
    wrote(runtime, CONTACT)
    runtime.now.advance(minutes=5)
    wrote(runtime, OTHER)
    join_by_hand.merge(CONVERSATION, OTHER_CONVERSATION, runtime)
    runtime.sender.outcomes = [LOST]
    runtime.now.advance(minutes=5)
    reply_as_person.run(
        conversation_id=CONVERSATION, author="Ann", idempotency_key="1", rt=runtime, text=SAYS
    )
    assert runtime.sender.bodies[0]["recipient"] == {"id": OTHER}
    shows(runtime, CONTACT)
    shows(runtime, OTHER, ("m_1", SAYS))
    return runtime


def looked_at_for(rt: Runtime, minutes: int) -> Message:
    for _ in range(minutes):
        rt.now.advance(minutes=1)
        settle_unknown.run(rt)
    (row,) = [row for row in rt.messages.all if row.text == SAYS]
    return row


def test_f08_it_is_found_under_the_key_that_it_went_to(rt: Runtime) -> None:
    row = looked_at_for(rt, minutes=20)
    assert (row.state, row.platform_message_id) == (State.SENT, "m_1")


def test_f08_it_is_found_also_when_the_keys_were_separated_meanwhile(rt: Runtime) -> None:
    join_by_hand.separate(CONVERSATION, OTHER_CONVERSATION, rt)
    assert looked_at_for(rt, minutes=20).state is State.SENT


def test_f08_it_is_not_given_up_while_one_key_cannot_be_looked_at(rt: Runtime) -> None:
    del rt.sender.answers[_conversations_api.path("messenger", CHANNEL, OTHER)]
    assert looked_at_for(rt, minutes=20).state is State.UNKNOWN


def test_f08_what_neither_key_shows_was_not_delivered(rt: Runtime) -> None:
    shows(rt, OTHER)
    assert looked_at_for(rt, minutes=20).state is State.FAILED


def test_the_same_words_of_the_other_key_s_own_message_are_not_taken_for_it(rt: Runtime) -> None:
    native = builders.message(
        conversation_id=OTHER_CONVERSATION,
        message_id="m_1",
        author=Author.PERSON_NATIVE,
        text=SAYS,
        occurred_at=rt.now() + timedelta(seconds=1),
    )
    rt.messages.record(native)
    rows = [row for row in rt.messages.all if row.text == SAYS and row.message_id != "m_1"]
    for _ in range(3):
        rt.now.advance(minutes=1)
        settle_unknown.run(rt)
    assert rt.messages.load(rows[0].conversation_id, rows[0].message_id).state is State.UNKNOWN
