"""A customer gets a person: what is said, stored and passed on, once, in whatever order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace as replace_port
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.business_hours import WEEKDAYS, OpeningHours, Span
from chalicelib.core.handling import Handling
from chalicelib.core.handling_settings import ClosingMessage, Disclosure, Handover
from chalicelib.core.informing import ContactDetails, ContactInformation, Place
from chalicelib.core.messages import Message, State
from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    close_conversation,
    hand_over,
    record_echo,
    send_due,
)
from chalicelib.usecases.errors import Conflict, NotFound
from tests import builders, fakes
from tests.builders import CONTACT, CONVERSATION, NOON
from tests.core.automations.situations import shop
from tests.usecases.crashes import Point, Watch, points

DONE = "A person takes over."
BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)
BYE = ClosingMessage(text="Bye!")
QUIET = {"instant_reply": shop().handover_notice}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def shop_with(platform: str = "messenger", **handover: Any):
    """Handover on, no greeting; a topic with the keyword "mug" is all it understands."""
    return shop(
        **QUIET,
        platform=platform,
        handover=Handover(**({"text": DONE} | handover)),
        disclosure=Disclosure(when="never"),
    )


class _Dies(fakes.FakeMessages):
    def claim(self, message: Message) -> Message | None:
        raise KeyboardInterrupt


def at_work(channel=None, when: datetime = NOON) -> Runtime:
    return fakes.runtime(channel or shop_with(), now=when)


def write(rt: Runtime, text: str, number: int = 1, when: datetime = NOON, **facts: Any) -> None:
    """A customer's message, processed a second after it was written."""
    rt.now.at = max(rt.now.at, when + timedelta(seconds=1))
    (channel,) = rt.channels.all()
    facts = {"platform": channel.platform, "message_id": f"mid.{number}", "text": text} | facts
    answer_message.run(builders.message_received(occurred_at=when, **facts), channel, rt)


def daily(opens: str, closes: str = "02:10") -> OpeningHours:
    """Open from then on every day, in the channel's zone."""
    return OpeningHours(**dict.fromkeys(WEEKDAYS, (Span(opens, closes),)))


def try_due(rt: Runtime) -> None:
    rt.now.advance(minutes=3)
    send_due.run(rt)


def answer_natively(rt: Runtime, when: datetime) -> None:
    rt.now.at = max(rt.now.at, when)
    (channel,) = rt.channels.all()
    record_echo.run(builders.echo(occurred_at=when), channel, rt)


def said(rt: Runtime) -> list[str]:
    return [body["message"]["text"] for body in rt.sender.bodies if "message" in body]


def paths(rt: Runtime) -> list[str]:
    return [request.path for _, request in rt.sender.posts]


def handling(rt: Runtime) -> Handling:
    return rt.conversations.handling(CONVERSATION)


def calling(rt: Runtime) -> list[str]:
    page = rt.conversations.needing_person(builders.CHANNEL, cursor=None, limit=9)
    return [row.conversation_id for row in page.items]


class TestWhoAsks:
    def test_is_told_once_and_flagged(self) -> None:
        rt = at_work()
        write(rt, "Can I talk to a human?")
        assert (said(rt), calling(rt)) == ([DONE], [CONVERSATION])
        assert (handling(rt).why, handling(rt).needs_person_since) == ("asked", NOON)

    def test_gets_no_more_automatic_replies(self) -> None:
        rt = at_work()
        write(rt, "human")
        write(rt, "mug", 2, NOON + timedelta(hours=1))
        assert said(rt) == [DONE]

    def test_gets_automatic_replies_again_when_the_rest_is_over(self) -> None:
        rt = at_work(shop_with(rests_minutes=60))
        write(rt, "human")
        write(rt, "mug", 2, NOON + timedelta(hours=1))
        assert len(said(rt)) == 2

    def test_is_not_told_twice_when_the_message_is_delivered_again(self) -> None:
        rt = at_work()
        write(rt, "human")
        before = handling(rt)
        write(rt, "human")
        assert (said(rt), handling(rt)) == ([DONE], before)

    def test_is_flagged_even_if_it_is_too_late_to_say_so(self) -> None:
        rt = at_work(when=NOON + timedelta(hours=1))
        write(rt, "human")
        assert (said(rt), calling(rt)) == ([], [CONVERSATION])

    def test_is_not_flagged_if_a_person_has_answered_since(self) -> None:
        rt = at_work()
        write(rt, "Hello?")
        answer_natively(rt, NOON + 3 * MINUTE)
        write(rt, "human", 2, NOON + MINUTE)
        assert calling(rt) == []

    def test_is_flagged_but_not_talked_into_a_persons_conversation(self) -> None:
        rt = at_work()
        write(rt, "Hello?")
        answer_natively(rt, NOON + MINUTE)
        write(rt, "I want a real person", 2, NOON + 2 * MINUTE)
        assert (said(rt), calling(rt)) == ([], [CONVERSATION])

    @pytest.mark.parametrize("facts", [{"is_standby": True}, {"group_id": "120363"}])
    def test_in_standby_or_in_a_group_is_not_ours_to_serve(self, facts: dict[str, Any]) -> None:
        rt = at_work()
        write(rt, "human", **facts)
        assert (said(rt), calling(rt)) == ([], [])

    def test_is_not_served_where_handover_is_off(self) -> None:
        rt = at_work(shop(**QUIET))
        write(rt, "human")
        assert (said(rt), handling(rt)) == ([], Handling())

    def test_is_flagged_once_by_eight_workers_at_the_same_message(self) -> None:
        rt = at_work()
        with ThreadPoolExecutor(8) as workers:
            list(workers.map(lambda _: _tried(rt), range(8)))
        assert (said(rt), handling(rt).version) == ([DONE], 1)


def _tried(rt: Runtime) -> None:
    try:
        write(rt, "human")
    except answer_message.StillSendingError:
        return


class TestAPersonComes:
    def test_and_the_call_is_over_while_automation_goes_on_resting(self) -> None:
        rt = at_work()
        write(rt, "human")
        answer_natively(rt, NOON + MINUTE)
        assert calling(rt) == []
        write(rt, "mug", 2, NOON + timedelta(hours=2))
        assert said(rt) == [DONE]

    def test_and_an_echo_told_again_costs_nothing(self) -> None:
        rt = at_work()
        write(rt, "human")
        answer_natively(rt, NOON + MINUTE)
        version = handling(rt).version
        answer_natively(rt, NOON + MINUTE)
        assert handling(rt).version == version


class TestMisses:
    def test_the_second_in_a_row_hands_over(self) -> None:
        rt = at_work()
        write(rt, "Qwertz?")
        assert said(rt) == []
        write(rt, "Asdf?", 2, NOON + MINUTE)
        assert (said(rt), handling(rt).why) == ([DONE], "missed")

    def test_the_same_message_twice_is_one_miss(self) -> None:
        rt = at_work()
        write(rt, "Qwertz?")
        write(rt, "Qwertz?")
        assert calling(rt) == []

    @pytest.mark.parametrize(
        "settings",
        [
            {"contact_information": ContactInformation(phone="444 1 555")},
            {"location": Place(address="Divanyolu 1")},
            {"contact_details": ContactDetails()},
        ],
    )
    def test_count_wherever_an_automation_listens_to_words(self, settings: dict[str, Any]) -> None:
        rt = at_work(replace(shop_with(), notification_topics=(), **settings))
        write(rt, "Qwertz?")
        write(rt, "Asdf?", 2, NOON + MINUTE)
        assert said(rt) == [DONE]

    @pytest.mark.parametrize("information", [{"is_on": False}, {"keywords": ()}])
    def test_do_not_count_where_none_does(self, information: dict[str, Any]) -> None:
        told = ContactInformation(phone="444 1 555", **information)
        rt = at_work(replace(shop_with(), notification_topics=(), contact_information=told))
        write(rt, "Qwertz?")
        write(rt, "Asdf?", 2, NOON + MINUTE)
        assert (said(rt), calling(rt)) == ([], [])

    @pytest.mark.parametrize(
        ("phone", "email"),
        [("+49 151 1234567", "ana@example.com"), ("It is 0532 123 45 67", "or ana@example.com!")],
    )
    def test_details_that_we_have_asked_for_are_none(self, phone: str, email: str) -> None:
        rt = at_work(replace(shop_with(), contact_details=ContactDetails(text="Where?")))
        write(rt, "Please call me back")
        write(rt, phone, 2, NOON + MINUTE)
        write(rt, email, 3, NOON + 2 * MINUTE)
        assert (said(rt), handling(rt).misses) == (["Where?"], ())

    @pytest.mark.parametrize(
        "told", ["My phone number is 0151 1234567", "Call me: 0151 1234567", "Adresi: a@b.example"]
    )
    def test_who_tells_details_does_not_hear_ours_or_the_question_again(self, told: str) -> None:
        own = replace(
            shop_with(),
            contact_details=ContactDetails(text="Where?"),
            contact_information=ContactInformation(phone="444 1 555"),
            location=Place(address="Divanyolu 1"),
        )
        rt = at_work(own)
        write(rt, "Please call me back")
        write(rt, told, 2, NOON + MINUTE)
        assert said(rt) == ["Where?"]

    def test_a_worker_that_died_before_putting_the_question_is_made_up_for(self) -> None:
        rt = at_work(replace(shop_with(), contact_details=ContactDetails(text="Where?")))
        with pytest.raises(KeyboardInterrupt):
            write(replace_port(rt, messages=_Dies()), "Call me, 0151 1234567")
        write(rt, "Call me, 0151 1234567")
        assert said(rt) == ["Where?"]

    def test_other_words_after_that_question_are(self) -> None:
        rt = at_work(replace(shop_with(), contact_details=ContactDetails(text="Where?")))
        write(rt, "Please call me back")
        write(rt, "Qwertz?", 2, NOON + MINUTE)
        write(rt, "Asdf 12?", 3, NOON + 2 * MINUTE)
        assert said(rt) == ["Where?", DONE]

    def test_a_greeting_told_again_much_later_is_none(self) -> None:
        rt = at_work(shop(handover=Handover(text=DONE)))
        write(rt, "Hello!")
        rt.now.at = NOON + 11 * MINUTE
        write(rt, "Hello!")
        assert handling(rt).misses == ()

    def test_what_is_understood_between_two_misses_begins_anew(self) -> None:
        rt = at_work()
        write(rt, "Qwertz?")
        write(rt, "mug", 2, NOON + MINUTE)
        write(rt, "Asdf?", 3, NOON + 2 * MINUTE)
        assert (len(said(rt)), calling(rt)) == (1, [])

    def test_words_to_a_person_are_no_misses(self) -> None:
        rt = at_work()
        write(rt, "Hello?")
        answer_natively(rt, NOON + MINUTE)
        write(rt, "Thanks", 2, NOON + 2 * MINUTE)
        write(rt, "Bye", 3, NOON + 3 * MINUTE)
        assert (said(rt), calling(rt)) == ([], [])

    def test_a_worker_that_died_between_the_call_and_the_words_is_made_up_for(self) -> None:
        rt = at_work()
        write(rt, "Qwertz?")
        rt.sender.outcomes = [RuntimeError("died")]
        with pytest.raises(RuntimeError):
            write(rt, "Asdf?", 2, NOON + MINUTE)
        assert calling(rt) == [CONVERSATION]

    def test_whoever_is_greeted_has_asked_for_nothing_yet(self) -> None:
        rt = at_work(shop(handover=Handover(text=DONE)))
        write(rt, "Hello!")
        write(rt, "Qwertz?", 2, NOON + MINUTE)
        assert calling(rt) == []


class TestNobodyComes:
    def reminded(self, rt: Runtime, after: timedelta) -> list[str]:
        rt.now.at = NOON + after
        send_due.run(rt)
        return said(rt)

    def shop(self) -> Any:
        return shop_with(unanswered_minutes=30, unanswered_text="We are sorry.")

    def test_the_customer_hears_so_after_the_minutes(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        assert self.reminded(rt, 29 * MINUTE) == [DONE]
        assert self.reminded(rt, 30 * MINUTE) == [DONE, "We are sorry."]
        assert self.reminded(rt, 31 * MINUTE) == [DONE, "We are sorry."]

    def test_an_answer_of_a_person_cancels_it(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        answer_natively(rt, NOON + 5 * MINUTE)
        assert self.reminded(rt, 30 * MINUTE) == [DONE]

    def test_more_words_of_the_customer_do_not(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        write(rt, "Anybody?", 2, NOON + 5 * MINUTE)
        assert self.reminded(rt, 30 * MINUTE) == [DONE, "We are sorry."]

    def test_it_is_planned_once(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        write(rt, "human")
        planned = [row for row in rt.messages.history(CONVERSATION) if row.state is State.PLANNED]
        assert [row.automation for row in planned] == ["handover_reminder"]

    def test_who_asks_again_while_waiting_hears_it_once(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        write(rt, "human!", 2, NOON + 5 * MINUTE)
        assert self.reminded(rt, 40 * MINUTE) == [DONE, "We are sorry."]

    def test_who_asks_again_after_an_answer_hears_it_too(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        answer_natively(rt, NOON + 5 * MINUTE)
        write(rt, "human!", 2, NOON + 10 * MINUTE)
        assert self.reminded(rt, 39 * MINUTE) == [DONE]
        assert self.reminded(rt, 40 * MINUTE) == [DONE, "We are sorry."]

    @pytest.mark.parametrize(("opens", "after"), [("17:00", 2), ("02:00", 11)])
    def test_whoever_asks_while_it_is_closed_is_told_so_long_after_it_opens(
        self, opens: str, after: int
    ) -> None:
        rt = at_work(replace(self.shop(), hours=daily(opens)))  # noon is 15:00 in Istanbul
        write(rt, "human")
        first = said(rt)
        assert self.reminded(rt, after * HOUR + 29 * MINUTE) == first
        assert self.reminded(rt, after * HOUR + 30 * MINUTE) == [*first, "We are sorry."]

    def test_if_the_window_is_over_before_it_opens_nothing_is_planned(self) -> None:
        rt = at_work(replace(self.shop(), hours=daily("14:40", "14:50")))
        write(rt, "human")
        ours = [row.automation for row in rt.messages.history(CONVERSATION) if row.automation]
        assert ours == ["handover_request"]

    def test_taken_back_by_automation_it_is_dropped_and_the_ledger_says_so(self) -> None:
        rt = at_work(self.shop())
        write(rt, "human")
        hand_over.to_automation(CONVERSATION, rt)
        assert self.reminded(rt, 30 * MINUTE) == [DONE]
        (dropped,) = (row for row in rt.messages.history(CONVERSATION) if row.failure)
        assert "superseded" in dropped.ledger[-1]


class TestTheThread:
    def test_goes_to_the_inbox_after_the_last_word(self) -> None:
        rt = at_work(shop_with(target_app_id="263902037430900"))
        write(rt, "human")
        assert paths(rt) == ["/messages", "/pass_thread_control"]
        assert rt.sender.bodies[1] == {
            "recipient": {"id": CONTACT},
            "target_app_id": "263902037430900",
            "metadata": "hearback",
        }

    def test_is_passed_once(self) -> None:
        rt = at_work(shop_with(target_app_id="263902037430900"))
        write(rt, "human")
        write(rt, "human")
        assert paths(rt) == ["/messages", "/pass_thread_control"]

    def test_is_known_to_be_with_the_other_app(self) -> None:
        rt = at_work(shop_with(target_app_id="263902037430900"))
        write(rt, "human")
        assert rt.conversations.load(CONVERSATION).thread_owner == "other"

    def test_stays_where_the_platform_has_no_such_thing(self) -> None:
        rt = at_work(shop_with("whatsapp", target_app_id="263902037430900"))
        write(rt, "human", contact_id="TR.1")
        assert paths(rt) == ["/messages"]

    def test_stays_if_the_platform_refuses_and_the_call_stands(self) -> None:
        rt = at_work(shop_with(target_app_id="263902037430900"))
        refused = SendError("policy_10", error_class=ErrorClass.POLICY, code=10)
        rt.sender.outcomes = [Accepted("mid.1"), refused]
        write(rt, "human")
        assert (calling(rt), rt.log.counts["thread_control_refused"]) == ([CONVERSATION], 1)
        assert rt.conversations.load(CONVERSATION).thread_owner == "us"

    def test_waits_for_the_last_word(self) -> None:
        rt = at_work(shop_with(target_app_id="26390"))
        rt.sender.outcomes = [BUSY]
        write(rt, "human")
        assert paths(rt) == ["/messages"]
        try_due(rt)
        assert (paths(rt)[1:], said(rt)[1:]) == (["/messages", "/pass_thread_control"], [DONE])

    def test_is_passed_once_however_often_the_last_word_is_tried(self) -> None:
        rt = at_work(shop_with(target_app_id="26390"))
        rt.sender.outcomes = [BUSY, BUSY]
        write(rt, "human")
        try_due(rt)
        write(rt, "human")
        assert "/pass_thread_control" not in paths(rt)
        try_due(rt)
        try_due(rt)
        assert paths(rt).count("/pass_thread_control") == 1

    def test_goes_on_too_if_the_last_word_cannot_be_said(self) -> None:
        rt = at_work(shop_with(target_app_id="26390"))
        rt.sender.outcomes = [BUSY, SendError("policy_10", error_class=ErrorClass.POLICY)]
        write(rt, "human")
        try_due(rt)
        assert paths(rt)[-1] == "/pass_thread_control"

    def test_stays_with_us_if_a_person_answers_before_the_last_word(self) -> None:
        rt = at_work(shop_with(target_app_id="26390"))
        rt.sender.outcomes = [BUSY]
        write(rt, "human")
        answer_natively(rt, NOON + timedelta(seconds=20))
        try_due(rt)
        assert paths(rt) == ["/messages"]

    def test_is_taken_again_when_the_conversation_is_closed(self) -> None:
        rt = at_work(replace(shop_with(target_app_id="26390"), closing_message=BYE))
        write(rt, "human")
        rt.now.advance(minutes=30)
        close_conversation.run(CONVERSATION, "Mia", rt)
        assert (paths(rt)[2:], said(rt)) == (["/take_thread_control", "/messages"], [DONE, "Bye!"])
        write(rt, "mug", 2, NOON + 40 * MINUTE)
        assert len(said(rt)) == 3

    def test_is_closed_even_if_the_platform_does_not_give_it_back(self) -> None:
        rt = at_work(replace(shop_with(target_app_id="26390"), closing_message=BYE))
        write(rt, "human")
        rt.now.advance(minutes=30)
        rt.sender.outcomes = [SendError("policy_10", error_class=ErrorClass.POLICY, code=10)]
        close_conversation.run(CONVERSATION, "Mia", rt)
        assert (handling(rt).closed_by, said(rt)) == ("Mia", [DONE])

    def test_that_another_app_took_by_itself_stays_there_when_closed(self) -> None:
        rt = at_work(replace(shop_with(target_app_id="26390"), closing_message=BYE))
        write(rt, "Hello?", is_standby=True)
        close_conversation.run(CONVERSATION, "Mia", rt)
        assert paths(rt) == []


PASSING = shop_with(target_app_id="26390")


def calls_of_a_handover() -> list[str]:
    rt, watch = at_work(PASSING), Watch()
    write(watch.over(rt), "human")
    return watch.calls


def killed_at(point: Point) -> Runtime:
    """A customer asks for a person, the worker dies on the way, and the event comes again."""
    rt = at_work(PASSING)
    with suppress(SystemExit):
        write(Watch(point).over(rt), "human")
    rt.now.advance(minutes=2)
    write(rt, "human")
    return rt


@pytest.mark.parametrize("point", points(calls_of_a_handover()), ids=str)
def test_wherever_the_worker_died_a_thread_that_we_passed_comes_back_when_closed(
    point: Point,
) -> None:
    rt = killed_at(point)
    assert rt.conversations.load(CONVERSATION).thread_owner == "other"
    rt.now.advance(minutes=30)
    close_conversation.run(CONVERSATION, "Mia", rt)
    assert paths(rt)[-1] == "/take_thread_control"


class TestByDecision:
    def test_a_person_takes_over(self) -> None:
        rt = at_work()
        write(rt, "Hello?")
        hand_over.to_person(CONVERSATION, rt)
        assert (handling(rt).why, calling(rt)) == ("person", [CONVERSATION])
        write(rt, "mug", 2, NOON + 2 * MINUTE)
        assert said(rt) == []

    def test_taken_back_automation_answers_again(self) -> None:
        rt = at_work()
        write(rt, "human")
        hand_over.to_automation(CONVERSATION, rt)
        write(rt, "mug", 2, NOON + 2 * MINUTE)
        assert (len(said(rt)), calling(rt)) == (2, [])

    def test_taken_back_the_thread_is_taken_too(self) -> None:
        rt = at_work(shop_with(target_app_id="263902037430900"))
        write(rt, "human")
        rt.now.advance(seconds=1)
        hand_over.to_automation(CONVERSATION, rt)
        assert paths(rt)[-1] == "/take_thread_control"
        assert rt.conversations.load(CONVERSATION).thread_owner == "us"

    def test_a_thread_that_the_platform_does_not_give_back_is_told(self) -> None:
        rt = at_work()
        write(rt, "Hello?", is_standby=True)
        rt.sender.outcomes = [SendError("policy_10", error_class=ErrorClass.POLICY)]
        with pytest.raises(Conflict, match="control"):
            hand_over.to_automation(CONVERSATION, rt)

    def test_where_handover_is_off_automation_would_not_rest(self) -> None:
        rt = at_work(shop(**QUIET))
        write(rt, "Hello?")
        with pytest.raises(Conflict, match="switched off"):
            hand_over.to_person(CONVERSATION, rt)

    def test_what_does_not_exist_is_not_handed_over(self) -> None:
        with pytest.raises(NotFound):
            hand_over.to_person("nothing", at_work())


def test_a_joined_contact_is_handled_under_the_key_that_leads() -> None:
    rt = at_work()
    write(rt, "human")
    row = rt.conversations.load(CONVERSATION)
    rt.conversations.save(replace(row, is_joint=True))
    write(rt, "mug", 2, NOON + 2 * MINUTE)
    assert said(rt) == [DONE]
