"""Whoever said STOP hears nothing by itself but answers to what they write or tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import AutomaticReply, PrivateReply
from chalicelib.core.custom_rules import Rule, Then, When
from chalicelib.core.events import CommentReceived, Event, PageReviewed, Referral, Referred
from chalicelib.core.handling_settings import ClosingMessage, FeedbackRequest, Handover
from chalicelib.core.informing import Place
from chalicelib.core.messages import Message, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    close_conversation,
    record_change,
    record_comment,
    record_review,
    send_due,
    trigger,
)
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, ITEM, NOON, PLATFORM

SHOP = builders.channel(
    page_recommended=AutomaticReply(),
    page_not_recommended=AutomaticReply(),
    job_application=AutomaticReply(),
    private_reply=PrivateReply(),
    rules=(Rule(name="visit", when=When(on="visit"), then=Then(text="Welcome!")),),
    closing_message=ClosingMessage(),
    feedback_request=FeedbackRequest(privacy_url="https://shop.example/privacy"),
    handover=Handover(unanswered_minutes=10),
    location=Place(address="Divanyolu 1"),
)
BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)


def write(rt: Runtime, text: str, number: int) -> None:
    event = builders.message_received(
        message_id=f"mid.{number}", text=text, occurred_at=rt.now() - timedelta(seconds=1)
    )
    answer_message.run(event, SHOP, rt)


def happened(kind: type[Event], rt: Runtime, **facts: Any) -> Any:
    common = {"event_id": "e", "platform": PLATFORM, "channel_id": CHANNEL, "item": ITEM}
    return kind(**(common | {"contact_id": CONTACT, "occurred_at": rt.now()} | facts))


def comment(rt: Runtime) -> None:
    facts = {"comment_id": "c1", "text": "How much?", "post_id": "p1"}
    record_comment.run(happened(CommentReceived, rt, **facts), SHOP, rt)


def visit(rt: Runtime) -> None:
    referral = Referral(source="SHORTLINK", ref="spring")
    record_change.referred(happened(Referred, rt, referral=referral), SHOP, rt)


def review(rt: Runtime, verdict: str) -> None:
    facts = {"verb": "add", "recommendation": verdict, "reviewer_id": CONTACT}
    record_review.run(happened(PageReviewed, rt, **facts), SHOP, rt)


def apply_for_a_job(rt: Runtime) -> None:
    trigger.run(conversation_id=CONVERSATION, name="job_application", idempotency_key="1", rt=rt)


def close(rt: Runtime) -> None:
    close_conversation.run(CONVERSATION, "Mia", rt)


OCCASIONS: dict[str, Callable[[Runtime], None]] = {
    "private_reply": comment,
    "custom_rules": visit,
    "page_recommended": lambda rt: review(rt, "positive"),
    "page_not_recommended": lambda rt: review(rt, "negative"),
    "job_application": apply_for_a_job,
    "closing_message": close,
    "feedback_request": close,
}


def told(rt: Runtime, name: str) -> list[Message]:
    return [row for row in rt.messages.all if row.automation == name]


def shop_of(*words: str, **ports: Any) -> Runtime:
    """Each of these words is written a quarter of an hour after the one before."""
    rt = fakes.runtime(SHOP, now=fakes.Clock(NOON), **ports)
    for number, text in enumerate(words):
        write(rt, text, number)
        rt.now.advance(minutes=15)
    return rt


def later(rt: Runtime) -> None:
    rt.now.advance(minutes=11)
    send_due.run(rt)


@pytest.mark.parametrize("name", OCCASIONS)
def test_after_a_stop_no_occasion_is_written_to(name: str) -> None:
    rt = shop_of("Hello?", "stop")
    OCCASIONS[name](rt)
    later(rt)
    states = {(row.state, row.failure) for row in told(rt, name)}
    assert (states, rt.sender.posts) == ({(State.REFUSED, "stopped_all")}, [])


@pytest.mark.parametrize("name", OCCASIONS)
def test_without_a_stop_it_is(name: str) -> None:
    rt = shop_of("Hello?")
    OCCASIONS[name](rt)
    later(rt)
    assert [row.state for row in told(rt, name)] == [State.SENT]


@pytest.mark.parametrize("name", OCCASIONS)
def test_after_a_start_it_is_again(name: str) -> None:
    rt = shop_of("stop", "start")
    OCCASIONS[name](rt)
    later(rt)
    assert [row.state for row in told(rt, name)] == [State.SENT]


def test_whoever_waits_for_a_person_and_stops_is_not_reminded() -> None:
    rt = shop_of("human")
    rt.now.at = NOON + timedelta(minutes=5)
    write(rt, "stop", 2)
    later(rt)
    (reminder,) = told(rt, "handover_reminder")
    assert (reminder.state, reminder.failure) == (State.REFUSED, "stopped_all")


def test_a_private_reply_that_has_to_wait_does_not_outlive_the_stop() -> None:
    rt = shop_of("Hello?")
    rt.sender.outcomes = [BUSY]
    comment(rt)
    write(rt, "stop", 2)
    later(rt)
    (reply,) = told(rt, "private_reply")
    assert (reply.state, reply.failure) == (State.REFUSED, "stopped_all")


def test_what_a_customer_asks_after_the_stop_is_answered() -> None:
    rt = shop_of("stop")
    write(rt, "Where are you?", 2)
    assert [row.state for row in told(rt, "location")] == [State.SENT]
