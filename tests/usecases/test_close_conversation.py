"""A person closes a conversation: a goodbye and a question, once an episode, inside the window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.conversation import Profile
from chalicelib.core.feedback import words_to_tap
from chalicelib.core.handling import is_closed
from chalicelib.core.handling_settings import ClosingMessage, FeedbackRequest, Handover
from chalicelib.core.messages import State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    close_conversation,
    record_echo,
    reply_as_person,
    send_due,
)
from chalicelib.usecases.errors import NotFound
from tests import builders, fakes
from tests.builders import CONVERSATION, NOON

GONE = SendError("recipient_gone_551", error_class=ErrorClass.RECIPIENT_GONE, code=551)
BYE = ClosingMessage(text="Goodbye {first_name}!")
ASKS = FeedbackRequest(question="How was it?")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def at_work(**settings: Any) -> Runtime:
    """A shop where a customer wrote at noon and a person answered five minutes later."""
    rt = fakes.runtime(builders.channel(**({"closing_message": BYE} | settings)))
    wrote(rt, NOON)
    answered(rt, NOON + 5 * MINUTE)
    return rt


def wrote(rt: Runtime, at: datetime, number: int = 1) -> None:
    rt.now.at = max(at, rt.now.at)
    (channel,) = rt.channels.all()
    facts = {"platform": channel.platform, "message_id": f"mid.{number}"}
    answer_message.run(builders.message_received(occurred_at=at, **facts), channel, rt)


def answered(rt: Runtime, at: datetime, number: int = 1) -> None:
    rt.now.at = max(at, rt.now.at)
    (channel,) = rt.channels.all()
    event = builders.echo(occurred_at=at, platform=channel.platform, message_id=f"mid.p{number}")
    record_echo.run(event, channel, rt)


def close(rt: Runtime, at: datetime = NOON + HOUR, by: str = "Mia") -> None:
    rt.now.at = max(at, rt.now.at)
    close_conversation.run(CONVERSATION, by, rt)


def due(rt: Runtime, at: datetime) -> list[str]:
    rt.now.at = at
    send_due.run(rt)
    return said(rt)


def said(rt: Runtime) -> list[str]:
    return [body["message"]["text"] for body in rt.sender.bodies]


def closed(rt: Runtime) -> bool:
    row = rt.conversations.load(CONVERSATION)
    assert row is not None
    return is_closed(rt.conversations.handling(CONVERSATION), row)


class TestAtOnce:
    def test_a_goodbye_is_said(self) -> None:
        rt = at_work()
        close(rt)
        assert (said(rt), closed(rt)) == (["Goodbye there!"], True)
        assert rt.conversations.handling(CONVERSATION).closed_by == "Mia"

    def test_it_may_call_the_customer_by_name(self) -> None:
        rt = at_work()
        rt.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON, first_name="Ayşe"))
        close(rt)
        assert said(rt) == ["Goodbye Ayşe!"]

    def test_without_words_of_the_channel_it_has_its_own(self) -> None:
        rt = at_work(closing_message=ClosingMessage())
        close(rt)
        assert said(rt)[0].startswith("Thank you for writing")

    def test_closed_again_it_is_not_said_again(self) -> None:
        rt = at_work()
        close(rt)
        close(rt, NOON + 2 * HOUR, by="Ali")
        assert said(rt) == ["Goodbye there!"]

    def test_eight_people_at_once_say_it_once(self) -> None:
        rt = at_work(feedback_request=ASKS)
        with ThreadPoolExecutor(8) as people:
            list(people.map(lambda n: close(rt, by=f"person {n}"), range(8)))
        assert sorted(said(rt)) == ["Goodbye there!", "How was it?"]

    def test_a_new_message_opens_it_and_a_new_answer_may_be_closed_anew(self) -> None:
        rt = at_work()
        close(rt)
        wrote(rt, NOON + 2 * HOUR, 2)
        assert not closed(rt)
        answered(rt, NOON + 3 * HOUR, 2)
        close(rt, NOON + 4 * HOUR)
        assert said(rt) == ["Goodbye there!"] * 2

    def test_after_the_window_it_is_closed_without_a_word(self) -> None:
        rt = at_work(feedback_request=ASKS)
        close(rt, NOON + 25 * HOUR)
        assert (said(rt), closed(rt)) == ([], True)
        assert [row for row in rt.messages.history(CONVERSATION) if row.automation] == []

    def test_a_channel_without_a_goodbye_says_none(self) -> None:
        rt = at_work(closing_message=ClosingMessage(is_on=False))
        close(rt)
        assert (said(rt), closed(rt)) == ([], True)

    def test_automation_answers_again_and_nobody_is_called_any_more(self) -> None:
        rt = at_work(handover=Handover())
        rt.now.at = NOON + HOUR
        (channel,) = rt.channels.all()
        event = builders.message_received(
            occurred_at=NOON + HOUR, message_id="mid.2", text="I want a real person"
        )
        answer_message.run(event, channel, rt)
        close(rt, NOON + 2 * HOUR)
        handling = rt.conversations.handling(CONVERSATION)
        assert (handling.needs_person_since, handling.handed_over_at) == (None, None)

    def test_what_was_to_be_said_if_nobody_came_is_dropped(self) -> None:
        rt = fakes.runtime(builders.channel(handover=Handover(unanswered_minutes=30)))
        (channel,) = rt.channels.all()
        answer_message.run(builders.message_received(text="human"), channel, rt)
        close(rt, NOON + 5 * MINUTE)
        before = len(said(rt))
        assert len(due(rt, NOON + HOUR)) == before
        assert rt.messages.history(CONVERSATION)[-1].state is not State.PLANNED

    def test_what_does_not_exist_is_not_closed(self) -> None:
        with pytest.raises(NotFound):
            close_conversation.run("nothing", "Mia", at_work())


class TestHoursLater:
    LATER = ClosingMessage(text="Goodbye!", after_hours=3)

    def test_a_goodbye_is_said_after_a_persons_last_answer(self) -> None:
        rt = at_work(closing_message=self.LATER)
        assert due(rt, NOON + 3 * HOUR) == []
        assert due(rt, NOON + 3 * HOUR + 5 * MINUTE) == ["Goodbye!"]
        assert due(rt, NOON + 4 * HOUR) == ["Goodbye!"]

    def test_a_message_of_the_customer_cancels_it(self) -> None:
        rt = at_work(closing_message=self.LATER)
        wrote(rt, NOON + HOUR, 2)
        assert due(rt, NOON + 4 * HOUR) == []

    def test_another_answer_puts_it_off(self) -> None:
        rt = at_work(closing_message=self.LATER)
        answered(rt, NOON + 2 * HOUR, 2)
        assert due(rt, NOON + 4 * HOUR) == []
        assert due(rt, NOON + 5 * HOUR) == ["Goodbye!"]

    def test_closed_before_it_is_said_at_once_and_once(self) -> None:
        rt = at_work(closing_message=self.LATER)
        close(rt)
        assert due(rt, NOON + 4 * HOUR) == ["Goodbye!"]

    def test_cancelled_by_the_customer_it_is_said_when_closed_and_once(self) -> None:
        rt = at_work(closing_message=self.LATER)
        wrote(rt, NOON + HOUR, 2)
        assert due(rt, NOON + 4 * HOUR) == []
        close(rt, NOON + 5 * HOUR)
        close(rt, NOON + 6 * HOUR)
        assert said(rt) == ["Goodbye!"]

    def test_closed_before_it_while_nothing_can_be_sent_it_is_said_once_that_is_over(self) -> None:
        rt = at_work(closing_message=self.LATER)
        wrote(rt, NOON + 10 * MINUTE, 2)
        rt.channels.stop_sending(builders.CHANNEL, reason="token_190", at=NOON)
        close(rt)
        rt.channels.stopped.clear()
        assert due(rt, NOON + HOUR + 6 * MINUTE) == ["Goodbye!"]
        assert due(rt, NOON + 5 * HOUR) == ["Goodbye!"]

    def test_the_same_answer_told_again_plans_nothing_more(self) -> None:
        rt = at_work(closing_message=self.LATER)
        answered(rt, NOON + 5 * MINUTE)
        rows = rt.messages.history(CONVERSATION)
        assert [row.automation for row in rows if row.state is State.PLANNED] == ["closing_message"]

    def test_an_answer_through_the_api_counts_as_well(self) -> None:
        rt = at_work(closing_message=self.LATER)
        rt.now.at = NOON + HOUR
        reply_as_person.run(
            conversation_id=CONVERSATION, author="Mia", idempotency_key="1", text="Yes.", rt=rt
        )
        assert due(rt, NOON + 4 * HOUR) == ["Yes.", "Goodbye!"]

    @pytest.mark.parametrize("hours", [21, 22])
    def test_after_the_window_would_have_ended_none_is_planned(self, hours: int) -> None:
        rt = at_work(closing_message=self.LATER)
        answered(rt, NOON + hours * HOUR, 2)
        rows = [row for row in rt.messages.history(CONVERSATION) if row.state is State.PLANNED]
        assert [row.due_at for row in rows] == [NOON + 3 * HOUR + 5 * MINUTE]


class TestTheQuestion:
    @pytest.mark.parametrize("platform", ["messenger", "instagram"])
    def test_comes_after_the_goodbye_with_words_to_tap(self, platform: str) -> None:
        rt = fakes.runtime(
            builders.channel(platform=platform, closing_message=BYE, feedback_request=ASKS)
        )
        wrote(rt, NOON)
        answered(rt, NOON + MINUTE)
        rt.now.at = NOON + HOUR
        row = builders.conversation(platform=platform)
        close_conversation.run(row.conversation_id, "Mia", rt)
        assert said(rt) == ["Goodbye there!", "How was it?"]
        offered = [each["payload"] for each in rt.sender.bodies[1]["message"]["quick_replies"]]
        assert offered == [each.payload for each in words_to_tap("en")]

    def test_is_a_list_in_the_channels_language_on_whatsapp(self) -> None:
        page = builders.channel(platform="whatsapp", language="tr", feedback_request=ASKS)
        rt = fakes.runtime(page)
        wrote(rt, NOON)
        row = builders.conversation(platform="whatsapp")
        close_conversation.run(row.conversation_id, "Mia", rt)
        assert rt.sender.bodies[0]["interactive"]["action"]["button"] == "Seçin"

    def test_is_messengers_form_where_there_is_a_privacy_policy(self) -> None:
        form = FeedbackRequest(privacy_url="https://shop.example/privacy")
        rt = at_work(closing_message=ClosingMessage(is_on=False), feedback_request=form)
        close(rt, NOON + 25 * HOUR)
        (body,) = rt.sender.bodies
        assert body["message"]["attachment"]["payload"]["template_type"] == "customer_feedback"

    def test_is_not_put_to_whom_the_goodbye_did_not_reach(self) -> None:
        rt = at_work(feedback_request=ASKS)
        rt.sender.outcomes.append(GONE)
        close(rt)
        assert len(rt.sender.posts) == 1

    def test_is_asked_once_an_episode(self) -> None:
        rt = at_work(feedback_request=ASKS)
        close(rt)
        close(rt)
        assert said(rt).count("How was it?") == 1

    def test_is_not_asked_twice_since_the_customer_last_wrote(self) -> None:
        rt = at_work(feedback_request=ASKS)
        close(rt)
        answered(rt, NOON + 2 * HOUR, 2)
        close(rt, NOON + 3 * HOUR)
        assert said(rt).count("How was it?") == 1

    def test_is_not_asked_again_before_a_person_has_answered_again(self) -> None:
        rt = at_work(feedback_request=ASKS)
        close(rt)
        wrote(rt, NOON + 2 * HOUR, 2)
        close(rt, NOON + 3 * HOUR)
        assert said(rt).count("How was it?") == 1

    def test_is_asked_again_after_the_customer_wrote_again(self) -> None:
        rt = at_work(feedback_request=ASKS)
        close(rt)
        wrote(rt, NOON + 2 * HOUR, 2)
        answered(rt, NOON + 3 * HOUR, 2)
        close(rt, NOON + 4 * HOUR)
        assert said(rt).count("How was it?") == 2


class TestWhoWantsToHearNoMore:
    def test_is_neither_said_goodbye_nor_asked(self) -> None:
        rt = at_work(feedback_request=ASKS)
        rt.opt_ins.stop(CONVERSATION, None, NOON + 10 * MINUTE, evidence="mid.stop")
        close(rt)
        assert (said(rt), closed(rt)) == ([], True)
        failures = {row.failure for row in rt.messages.history(CONVERSATION) if row.failure}
        assert failures == {"stopped_all"}
