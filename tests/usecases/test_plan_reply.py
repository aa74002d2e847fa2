"""Delayed replies wait in the table, meet the policy when due, and may be unwanted by then."""

from __future__ import annotations

from dataclasses import replace as replace_port
from datetime import datetime, timedelta

import pytest

from chalicelib.core.delayed import ANY_MESSAGE, Cancel
from chalicelib.core.messages import Message, Origin, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, plan_reply, record_echo, send_due
from chalicelib.usecases.errors import NotFound
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON

MINUTE = timedelta(minutes=1)
DUE = NOON + 10 * MINUTE
CUSTOMER = (Cancel.CUSTOMER_WROTE,)
PERSON = (Cancel.PERSON_ANSWERED,)
LATER = builders.outbound(origin=Origin.AUTOMATION, author=None, automation="page_recommended")


@pytest.fixture
def rt() -> Runtime:
    """A customer wrote a minute ago."""
    clock = fakes.Clock(NOON)
    runtime = fakes.runtime(builders.channel(), now=clock)
    wrote(runtime, NOON - MINUTE, "mid.first")
    return runtime


def wrote(rt: Runtime, at: datetime, message_id: str = "mid.second") -> None:
    event = builders.message_received(occurred_at=at, message_id=message_id)
    answer_message.run(event, builders.channel(), rt)


def answered(rt: Runtime, at: datetime) -> None:
    record_echo.run(builders.echo(occurred_at=at, app_id="26390203743090"), builders.channel(), rt)


def plan(rt: Runtime, cancels: tuple[Cancel, ...] = ANY_MESSAGE) -> Message:
    return plan_reply.run(LATER, rt, at=DUE, unless=cancels)


def minute_of(rt: Runtime, moment: datetime) -> Message | None:
    """The minute schedule at that time, in a container of its own; the row afterwards."""
    later = replace_port(rt, now=fakes.Clock(moment))
    send_due.run(later)
    return rt.messages.load(CONVERSATION, LATER.key)


def told(row: Message | None) -> tuple[State, str | None]:
    assert row is not None
    return row.state, row.failure


def test_it_waits_for_its_time(rt: Runtime) -> None:
    plan(rt)
    assert (told(minute_of(rt, DUE - MINUTE)), rt.sender.posts) == ((State.PLANNED, None), [])


def test_it_goes_out_when_due(rt: Runtime) -> None:
    plan(rt)
    assert told(minute_of(rt, DUE)) == (State.SENT, None)


def test_it_is_planned_once_however_often_it_is_asked_for(rt: Runtime) -> None:
    assert plan(rt) == plan(rt)
    minute_of(rt, DUE)
    plan(rt)
    minute_of(rt, DUE + MINUTE)
    assert len(rt.sender.posts) == 1


def test_a_new_message_of_the_customer_cancels_it(rt: Runtime) -> None:
    plan(rt, CUSTOMER)
    wrote(rt, NOON + MINUTE)
    assert told(minute_of(rt, DUE)) == (State.REFUSED, "superseded")
    assert rt.sender.posts == []


def test_an_answer_by_a_person_cancels_it(rt: Runtime) -> None:
    plan(rt, PERSON)
    answered(rt, NOON + MINUTE)
    assert told(minute_of(rt, DUE)) == (State.REFUSED, "superseded")


def test_what_it_does_not_depend_on_does_not_cancel_it(rt: Runtime) -> None:
    plan(rt, PERSON)
    wrote(rt, NOON + MINUTE)
    assert told(minute_of(rt, DUE)) == (State.SENT, None)


def test_what_happened_before_it_was_planned_does_not_cancel_it(rt: Runtime) -> None:
    answered(rt, NOON - MINUTE / 2)
    plan(rt)
    assert told(minute_of(rt, DUE)) == (State.SENT, None)


def test_what_came_between_the_occasion_and_the_plan_cancels_it_too(rt: Runtime) -> None:
    plan_reply.run(LATER, rt, at=DUE, unless=CUSTOMER, since=NOON - 2 * MINUTE)
    assert told(minute_of(rt, DUE)) == (State.REFUSED, "superseded")


def test_the_policy_is_asked_again_when_it_is_due(rt: Runtime) -> None:
    plan_reply.run(LATER, rt, at=NOON + timedelta(days=2))
    assert told(minute_of(rt, NOON + timedelta(days=2))) == (State.REFUSED, "window_closed")


def test_a_cancelled_one_is_on_no_list_of_failures(rt: Runtime) -> None:
    plan(rt)
    wrote(rt, NOON + MINUTE)
    minute_of(rt, DUE)
    assert rt.messages.gone_wrong(CHANNEL, State.FAILED, cursor=None, limit=10).items == ()


def test_a_cancelled_one_stays_cancelled(rt: Runtime) -> None:
    plan(rt)
    wrote(rt, NOON + MINUTE)
    minute_of(rt, DUE)
    assert told(plan(rt)) == (State.REFUSED, "superseded")


def test_while_it_is_tried_again_it_can_still_be_cancelled(rt: Runtime) -> None:
    plan(rt)
    rt.sender.outcomes.append(SendError("busy", error_class=ErrorClass.RETRY))
    minute_of(rt, DUE)
    wrote(rt, DUE + MINUTE)
    assert told(minute_of(rt, DUE + 60 * MINUTE)) == (State.REFUSED, "superseded")


def test_nobody_is_promised_anything_without_a_conversation() -> None:
    with pytest.raises(NotFound):
        plan_reply.run(LATER, fakes.runtime(builders.channel()), at=DUE)


def test_an_unknown_channel_has_no_delayed_replies() -> None:
    with pytest.raises(NotFound):
        plan_reply.run(LATER, fakes.runtime(), at=DUE)
