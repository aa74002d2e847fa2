"""The name of the person who answered travels from the message to the wait that it closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.conversation import Wait
from chalicelib.core.messages import Author
from chalicelib.core.steps import Step, advance
from chalicelib.ports import Runtime
from chalicelib.usecases import confirm_send, record_echo, send_message
from tests import builders, fakes

CHANNEL = builders.channel()
BEFORE = builders.NOON - timedelta(hours=1)


@pytest.fixture
def rt() -> Runtime:
    """A customer has been waiting since eleven."""
    runtime = fakes.runtime(CHANNEL)
    runtime.messages.record(builders.message(occurred_at=BEFORE))
    runtime.conversations.save(
        builders.conversation(
            last_customer_at=BEFORE,
            window_opened_at=BEFORE,
            window_ends_at=BEFORE + timedelta(hours=24),
            window_opened_by="message",
            wait_opened_at=BEFORE,
            wait_day=builders.TODAY,
        )
    )
    return runtime


def only_wait(rt: Runtime) -> Wait:
    (wait,) = rt.waits.of_day(CHANNEL.channel_id, builders.TODAY)
    return wait


def test_an_answer_through_the_api_names_its_author(rt: Runtime) -> None:
    send_message.run(builders.outbound(author="Ayse"), rt)
    assert only_wait(rt).answered_name == "Ayse"


def test_the_echo_of_an_answer_leaves_the_name(rt: Runtime) -> None:
    row = send_message.run(builders.outbound(author="Ayse"), rt)
    confirm_send.run(row, row.platform_message_id, CHANNEL, rt)
    assert only_wait(rt).answered_name == "Ayse"


def test_an_earlier_answer_that_comes_late_takes_the_wait_over(rt: Runtime) -> None:
    send_message.run(builders.outbound(author="Ayse"), rt)
    record_echo.run(builders.echo(occurred_at=BEFORE + timedelta(minutes=5)), CHANNEL, rt)
    assert (only_wait(rt).answered_by, only_wait(rt).answered_name) == ("person_native", None)


def test_a_history_that_is_read_again_gives_the_name_back(rt: Runtime) -> None:
    send_message.run(builders.outbound(author="Ayse"), rt)
    rt.messages.record(
        builders.message(message_id="early", occurred_at=BEFORE - timedelta(minutes=5))
    )
    early = BEFORE - timedelta(minutes=4)
    record_echo.run(builders.echo(occurred_at=early), CHANNEL, rt)
    assert [w.answered_name for w in rt.waits.all if w.answered_at == builders.NOON] == ["Ayse"]


def test_of_two_answers_in_one_moment_the_history_tells_the_first() -> None:
    closed = builders.conversation(
        last_customer_at=BEFORE,
        last_person_at=builders.NOON,
        closed_wait_opened_at=BEFORE,
        closed_wait_answered_at=builders.NOON,
        closed_wait_answered_by=str(Author.PERSON_API),
        closed_wait_day=builders.TODAY,
    )
    step = Step(at=builders.NOON, day=builders.TODAY, author=Author.PERSON_NATIVE)
    assert advance(closed, step, native_automation=timedelta(seconds=5)).needs_history
