"""STOP and START: kept whatever is switched on, confirmed once, honoured under every key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import platforms
from chalicelib.core.channel import AutomaticReply, ChannelSettings, NotificationTopic
from chalicelib.core.contacts import Key, Link, Why
from chalicelib.core.events import OptedIn, OptedOut, Postback
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import State
from chalicelib.core.opt_in import MARKETING, How, Stop
from chalicelib.core.texts import ready
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    find_contact,
    notify,
    process_event,
    record_consent,
    send_due,
)
from devtools.simulator import webhooks
from devtools.simulator.state import Channel, Contact
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON

STOPPED, STARTED = ready("stop_confirmation", "en"), ready("start_confirmation", "en")
LATER = NOON + timedelta(minutes=1)
MUGS = NotificationTopic(topic="mugs", title="When mugs are back", keywords=("mugs",))


def shop(**facts: Any) -> ChannelSettings:
    greeting = {"instant_reply": AutomaticReply(text="Hello!")}
    return builders.channel(**(greeting | facts))


def wrote(rt: Runtime, text: str, number: int = 1, **facts: Any) -> None:
    """The customer's message of this minute after noon, answered at once."""
    (settings,) = rt.channels.all()
    at = NOON + timedelta(minutes=number)
    rt.now.at = at
    event = builders.message_received(
        **({"message_id": f"mid.{number}", "text": text, "occurred_at": at} | facts)
    )
    answer_message.run(event, settings, rt)


def said(rt: Runtime) -> list[str]:
    return [body["message"]["text"] for body in rt.sender.bodies]


def stop_of(rt: Runtime) -> Stop:
    (stop,) = rt.opt_ins.stops(CONVERSATION)
    return stop


class TestInWords:
    def test_a_stop_is_kept_with_its_evidence(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "STOP")
        expected = Stop(
            conversation_id=CONVERSATION, topic=None, at=LATER, how=How.KEYWORD, evidence="mid.1"
        )
        assert stop_of(rt) == expected

    def test_it_is_kept_where_nothing_answers_by_itself(self) -> None:
        rt = fakes.runtime(builders.channel())
        wrote(rt, "stop")
        assert (stop_of(rt).is_on, rt.sender.posts) == (True, [])

    def test_it_is_kept_while_a_person_answers(self) -> None:
        rt = fakes.runtime(shop())
        row = builders.conversation(last_customer_at=NOON, last_person_at=NOON)
        rt.conversations.save(row)
        wrote(rt, "stop")
        assert (stop_of(rt).is_on, rt.sender.posts) == (True, [])

    def test_the_confirmation_and_nothing_else_answers(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "Stop!")
        assert said(rt) == [STOPPED]

    def test_where_stops_are_not_confirmed_nothing_answers(self) -> None:
        rt = fakes.runtime(shop(stop_confirmation=AutomaticReply(is_on=False)))
        wrote(rt, "stop")
        assert said(rt) == []

    def test_a_stop_that_is_repeated_is_not_confirmed_again(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "stop")
        wrote(rt, "STOP!!!", 2)
        assert said(rt) == [STOPPED]

    def test_f01_a_stop_that_is_delivered_again_is_confirmed_once(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "stop")
        wrote(rt, "stop")
        assert (said(rt), stop_of(rt).at) == ([STOPPED], LATER)

    def test_f08_a_stop_whose_worker_died_before_the_answer_is_confirmed_when_it_comes_again(
        self,
    ) -> None:
        rt = fakes.runtime(shop())
        rt.opt_ins.stop(CONVERSATION, None, LATER, how=How.KEYWORD, evidence="mid.1")
        wrote(rt, "stop")
        assert said(rt) == [STOPPED]

    def test_start_takes_it_back(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "stop")
        wrote(rt, "start", 2)
        assert (said(rt), stop_of(rt).is_on) == ([STOPPED, STARTED], False)

    def test_f01_a_start_that_is_delivered_again_is_confirmed_once(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "stop")
        wrote(rt, "start", 2)
        wrote(rt, "start", 2)
        assert said(rt) == [STOPPED, STARTED]

    def test_start_is_an_ordinary_word_to_whoever_had_not_stopped(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "start")
        assert (said(rt), rt.opt_ins.stops(CONVERSATION)) == (["Hello!"], ())

    def test_a_stop_after_the_start_is_confirmed_again(self) -> None:
        rt = fakes.runtime(shop())
        wrote(rt, "stop")
        wrote(rt, "start", 2)
        wrote(rt, "stop", 3)
        assert (said(rt), stop_of(rt).is_on) == ([STOPPED, STARTED, STOPPED], True)

    def test_start_under_another_key_of_the_contact_takes_it_back(self) -> None:
        rt = fakes.runtime(shop())
        other = builders.conversation(contact_id="other-key")
        ours, theirs = Key(CONVERSATION, CONTACT), Key(other.conversation_id, "other-key")
        rt.opt_ins.stop(other.conversation_id, None, NOON)
        rt.conversations.link(Link(NOON, Why.MERGED, ours, theirs))
        wrote(rt, "start")
        (stop,) = rt.opt_ins.stops(other.conversation_id)
        assert (stop.is_on, stop.resumed_evidence) == (False, "mid.1")


class TestAskedForAgain:
    """Whoever asks for a topic after a stop wants to hear about that one."""

    def shop(self, **facts: Any) -> ChannelSettings:
        topic = NotificationTopic(topic="mug", title="When the mug is back", keywords=("mug",))
        return shop(notification_topics=(topic,), **facts)

    def test_the_request_for_a_token_is_an_answer(self) -> None:
        rt = fakes.runtime(self.shop(one_time_notifications=True))
        wrote(rt, "stop")
        wrote(rt, "tell me about the mug", 2)
        assert rt.sender.bodies[1]["message"]["attachment"]["payload"]["payload"] == "mug"

    def test_what_was_agreed_to_since_is_sent(self) -> None:
        rt = fakes.runtime(self.shop())
        wrote(rt, "stop")
        wrote(rt, "tell me about the mug", 2)
        row = notify.schedule(
            conversation_id=CONVERSATION,
            topic="mug",
            text="It is back.",
            send_at=None,
            idempotency_key="k",
            rt=rt,
        )
        assert row.state is State.SENT

    def test_the_api_may_not_ask_on(self) -> None:
        rt = fakes.runtime(self.shop(one_time_notifications=True))
        wrote(rt, "stop")
        row = notify.request(conversation_id=CONVERSATION, topic="mug", idempotency_key="k", rt=rt)
        assert (row.state, row.failure) == (State.REFUSED, "stopped_all")


class TestByTap:
    def tapped(self, payload: str) -> Runtime:
        rt = fakes.runtime(shop())
        event = Postback(
            event_id="messenger:tap",
            platform="messenger",
            channel_id=CHANNEL,
            contact_id=CONTACT,
            occurred_at=NOON,
            item=builders.ITEM,
            message_id="mid.tap",
            title="No more of this",
            payload=payload,
        )
        answer_message.run(event, shop(), rt)
        return rt

    @pytest.mark.parametrize(("payload", "topic"), [("stop", None), ("stop:mug", "mug")])
    def test_a_button_stops_all_or_one_topic(self, payload: str, topic: str | None) -> None:
        stop = stop_of(self.tapped(payload))
        assert (stop.topic, stop.how, stop.evidence) == (topic, How.POSTBACK, "mid.tap")

    def test_it_is_confirmed(self) -> None:
        assert said(self.tapped("stop")) == [STOPPED]

    def test_f08_the_confirmation_is_sent_once(self) -> None:
        (row,) = [
            row for row in self.tapped("stop").messages.history(CONVERSATION) if row.automation
        ]
        assert (row.automation, row.state) == ("stop", State.SENT)


class TestTheList:
    """Customers see what they agreed to, and end one topic or all by a tap."""

    def test_who_asks_hears_the_topics_and_may_end_one(self) -> None:
        rt = fakes.runtime(shop(notification_topics=(MUGS,)))
        wrote(rt, "mugs")
        wrote(rt, "What are my notifications?", 2)
        assert "When mugs are back" in said(rt)[1]
        wrote(rt, "1. When mugs are b…", 3, payload="stop:mugs")
        assert [stop.topic for stop in rt.opt_ins.stops(CONVERSATION)] == ["mugs"]
        wrote(rt, "My notifications", 14, payload="notifications")
        assert said(rt)[-1] == ready("opt_in_list_empty", "en")

    def test_what_is_planned_is_listed_until_it_is_sent(self) -> None:
        rt = fakes.runtime(shop(notification_topics=(MUGS,)))
        wrote(rt, "mugs")
        notify.schedule(
            conversation_id=CONVERSATION,
            topic="mugs",
            text="They are back.",
            send_at=NOON + timedelta(hours=1),
            idempotency_key="k",
            rt=rt,
        )
        wrote(rt, "my notifications", 2)
        assert "When mugs are back" in said(rt)[-1]
        rt.now.at = NOON + timedelta(hours=1)
        send_due.run(rt)
        wrote(rt, "my notifications", 61)
        assert said(rt)[-1] == ready("opt_in_list_empty", "en")

    def test_f01_a_question_that_is_delivered_again_is_answered_once(self) -> None:
        rt = fakes.runtime(shop(notification_topics=(MUGS,)))
        wrote(rt, "my notifications")
        wrote(rt, "my notifications")
        assert said(rt) == [ready("opt_in_list_empty", "en")]

    def test_what_was_agreed_to_under_another_key_is_listed_too(self) -> None:
        rt = fakes.runtime(shop(notification_topics=(MUGS,)))
        other = builders.conversation(contact_id="7002").conversation_id
        ours, theirs = Key(CONVERSATION, CONTACT), Key(other, "7002")
        rt.conversations.link(Link(NOON, Why.MERGED, ours, theirs))
        rt.opt_ins.record(builders.opt_in(conversation_id=other, topic="mugs"))
        wrote(rt, "my notifications")
        assert "When mugs are back" in said(rt)[0]


class TestAtThePlatform:
    def told(self, kind: str, topic: str, at: Any = NOON, **facts: Any) -> dict[str, Any]:
        return {
            "event_id": f"{kind}:{at}",
            "platform": "messenger",
            "channel_id": CHANNEL,
            "contact_id": CONTACT,
            "occurred_at": at,
            "item": builders.ITEM,
            "kind": kind,
            "topic": topic,
        } | facts

    def test_a_stop_of_marketing_is_kept_with_the_event(self) -> None:
        rt = fakes.runtime(shop())
        event = OptedOut(**self.told("marketing", MARKETING))
        record_consent.opted_out(event, shop(), rt)
        expected = (MARKETING, True, How.PLATFORM, event.event_id)
        stop = stop_of(rt)
        assert (stop.topic, stop.is_on, stop.how, stop.evidence) == expected

    @pytest.mark.parametrize(("kind", "topic"), [("marketing", MARKETING), ("recurring", "deals")])
    def test_a_resume_reopens_it(self, kind: str, topic: str) -> None:
        rt = fakes.runtime(shop())
        rt.opt_ins.record(builders.opt_in(topic=topic))
        record_consent.opted_out(OptedOut(**self.told(kind, topic)), shop(), rt)
        resumed = OptedIn(**self.told(kind, topic, LATER, is_resumed=True))
        record_consent.opted_in(resumed, shop(), rt)
        (opt_in,) = rt.opt_ins.of_conversation(CONVERSATION)
        assert (stop_of(rt).is_on, opt_in.stopped_at) == (False, None)

    def test_f04_a_resume_that_overtakes_its_stop_counts(self) -> None:
        rt = fakes.runtime(shop())
        resumed = OptedIn(**self.told("marketing", MARKETING, LATER, is_resumed=True))
        record_consent.opted_in(resumed, shop(), rt)
        record_consent.opted_out(OptedOut(**self.told("marketing", MARKETING)), shop(), rt)
        assert not stop_of(rt).is_on

    def test_a_resume_is_no_consent_of_its_own(self) -> None:
        rt = fakes.runtime(shop())
        resumed = OptedIn(**self.told("marketing", MARKETING, is_resumed=True))
        record_consent.opted_in(resumed, shop(), rt)
        assert rt.opt_ins.of_conversation(CONVERSATION) == ()

    def test_a_signup_is_consent(self) -> None:
        rt = fakes.runtime(shop())
        record_consent.opted_in(OptedIn(**self.told("marketing", MARKETING)), shop(), rt)
        (known,) = rt.opt_ins.of_conversation(CONVERSATION)
        assert (known.topic, known.how) == (MARKETING, How.PLATFORM)

    def test_a_signup_takes_back_an_earlier_stop(self) -> None:
        rt = fakes.runtime(shop())
        record_consent.opted_out(OptedOut(**self.told("marketing", MARKETING)), shop(), rt)
        record_consent.opted_in(OptedIn(**self.told("marketing", MARKETING, LATER)), shop(), rt)
        assert not stop_of(rt).is_on

    def test_a_recurring_token_is_kept_but_never_spent_as_a_one_time_token(self) -> None:
        rt = fakes.runtime(shop())
        event = OptedIn(**self.told("recurring", "deals", token="tok1"))
        record_consent.opted_in(event, shop(), rt)
        (known,) = rt.opt_ins.of_conversation(CONVERSATION)
        assert (known.token, known.recurring_token, known.how) == (None, "tok1", How.TOKEN)

    def test_the_resume_of_what_we_never_heard_of_is_consent_with_its_token(self) -> None:
        rt = fakes.runtime(shop())
        event = OptedIn(**self.told("recurring", "deals", token="tok1", is_resumed=True))
        record_consent.opted_in(event, shop(), rt)
        (known,) = rt.opt_ins.of_conversation(CONVERSATION)
        assert known.recurring_token == "tok1"


@pytest.mark.parametrize("known", [("905551112233", None), ("905551112233", "TR.1A2B")])
def test_a_stop_at_the_platform_that_names_both_keys_holds_under_both(
    known: tuple[str, str | None],
) -> None:
    settings = builders.channel(platform="whatsapp")
    number = Channel(platform="whatsapp", channel_id=CHANNEL, token="t")
    phone, user_id = known
    rt = fakes.runtime(settings)
    wrote(rt, "hello", platform="whatsapp", contact_id=phone)
    told = webhooks.whatsapp_preference(
        number, Contact(contact_id=phone, user_id=user_id), rt.now(), "stop"
    )
    (event,) = platforms.parse(told)
    process_event.run(event.item, rt.now(), rt)
    key = Key(conversation_id("whatsapp", CHANNEL, phone), phone)
    keys = find_contact.of_key(key, rt).keys
    (stop,) = rt.opt_ins.stops(*(each.conversation_id for each in keys))
    assert stop.topic == MARKETING
