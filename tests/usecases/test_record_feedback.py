"""Customers say how they were served: stored, counted, and nobody's waiting time suffers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.events import FeedbackGiven
from chalicelib.core.handling_settings import FeedbackRequest
from chalicelib.core.messages import Author
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    compute_daily_metrics,
    erase_contact,
    record_feedback,
)
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, ITEM, NOON, TODAY

ASKS = FeedbackRequest(thanks="Thank you!")
SCREENS = ({"screen_id": 0, "questions": {"q1": {"type": "csat", "payload": "4"}}},)


def at_work(**settings: Any) -> Runtime:
    return fakes.runtime(builders.channel(**({"feedback_request": ASKS} | settings)))


def tap(rt: Runtime, score: int = 5, number: int = 1, **facts: Any) -> None:
    (channel,) = rt.channels.all()
    tapped = {"message_id": f"mid.{number}", "text": "Very satisfied"} | facts
    event = builders.message_received(payload=f"feedback:{score}", **tapped)
    answer_message.run(event, channel, rt)


def fill_in(rt: Runtime, screens: Any = SCREENS) -> None:
    (channel,) = rt.channels.all()
    event = FeedbackGiven(
        event_id="messenger:feedback:1",
        platform="messenger",
        channel_id=CHANNEL,
        contact_id=CONTACT,
        occurred_at=NOON,
        item=ITEM,
        screens=screens,
    )
    record_feedback.given(event, channel, rt)


def scores(rt: Runtime) -> list[tuple[str, int]]:
    return [(each.kind, each.score) for each in rt.readings.feedback_of_day(CHANNEL, TODAY)]


def test_a_tapped_word_is_counted_and_thanked_for() -> None:
    rt = at_work()
    tap(rt)
    assert scores(rt) == [("csat", 5)]
    assert [body["message"]["text"] for body in rt.sender.bodies] == ["Thank you!"]


def test_delivered_again_it_is_counted_and_thanked_for_once() -> None:
    rt = at_work()
    tap(rt)
    tap(rt)
    assert (scores(rt), len(rt.sender.posts)) == ([("csat", 5)], 1)


def test_it_opens_the_window_and_no_wait() -> None:
    rt = at_work()
    tap(rt)
    row = rt.conversations.load(CONVERSATION)
    assert (row.wait_opened_at, row.window_ends_at) == (None, NOON + timedelta(hours=24))


def test_it_is_shown_as_an_action_of_the_customer_and_counts_as_no_message() -> None:
    rt = at_work()
    tap(rt)
    row = rt.messages.load(CONVERSATION, "mid.1")
    assert row is not None
    assert (row.author, row.payload) == (Author.CUSTOMER_VISIT, "feedback:5")


def test_of_two_taps_under_one_question_the_later_counts() -> None:
    rt = at_work()
    tap(rt, 1, reply_to="mid.question")
    tap(rt, 5, 2, reply_to="mid.question", occurred_at=NOON + timedelta(minutes=1))
    assert scores(rt) == [("csat", 5)]


def test_a_channel_that_no_longer_asks_counts_and_says_nothing() -> None:
    rt = at_work(feedback_request=FeedbackRequest(is_on=False))
    tap(rt)
    assert (scores(rt), rt.sender.posts) == ([("csat", 5)], [])


def test_in_standby_it_is_counted_and_another_app_answers() -> None:
    rt = at_work()
    tap(rt, is_standby=True)
    assert (scores(rt), rt.sender.posts) == ([("csat", 5)], [])


def test_a_form_is_counted_and_opens_nothing() -> None:
    rt = at_work()
    fill_in(rt)
    assert (scores(rt), rt.sender.posts) == ([("csat", 4)], [])
    assert rt.conversations.load(CONVERSATION) is None


def test_a_form_delivered_again_is_counted_once() -> None:
    rt = at_work()
    fill_in(rt)
    fill_in(rt)
    assert scores(rt) == [("csat", 4)]


def test_every_answer_of_a_form_is_counted() -> None:
    rt = at_work()
    answers = {"a": {"type": "csat", "payload": "3"}, "b": {"type": "nps", "payload": "9"}}
    fill_in(rt, ({"screen_id": 0, "questions": answers},))
    assert sorted(scores(rt)) == [("csat", 3), ("nps", 9)]


@pytest.mark.parametrize("give", [tap, fill_in])
def test_the_latest_score_stands_with_the_conversation(give: Any) -> None:
    rt = at_work()
    give(rt)
    assert rt.conversations.handling(CONVERSATION).score in ("csat:5", "csat:4")


def test_the_day_has_its_mean() -> None:
    rt = at_work()
    tap(rt)
    fill_in(rt)
    compute_daily_metrics.run(CHANNEL, TODAY, rt)
    values = {each.metric: each.value for each in rt.readings.of_days(CHANNEL, TODAY, TODAY)}
    assert values["feedback"] == {"csat": {"n": 2, "mean": 4.5}}


def test_what_an_erased_contact_tapped_before_is_not_kept() -> None:
    rt = at_work()
    tap(rt, number=1)
    rt.now.advance(hours=1)
    erase_contact.run(CONVERSATION, rt)
    tap(rt, 1, 2, reply_to="mid.other", occurred_at=NOON + timedelta(minutes=1))
    assert scores(rt) == [("csat", 5)]


@pytest.mark.parametrize("facts", [{"is_standby": True}, {"group_id": "120363"}])
def test_a_tap_that_is_not_ours_to_answer_is_counted_without_thanks(facts: dict[str, Any]) -> None:
    rt = at_work()
    tap(rt, **facts)
    assert (scores(rt), rt.sender.posts) == ([("csat", 5)], [])


def test_a_tap_that_comes_late_is_counted_without_thanks() -> None:
    rt = at_work()
    rt.now.advance(minutes=11)
    tap(rt)
    assert (scores(rt), rt.sender.posts) == ([("csat", 5)], [])
