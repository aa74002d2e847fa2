"""A customer wrote: what is stored, and what the shop says by itself. Open from nine to six."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.channel import ApprovedTemplate, AutomaticReply
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import Attachment, Postback, Referral
from chalicelib.core.messages import Author, FilledTemplate, Media, MessageKind, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, record_echo, reply_as_person, send_due
from tests import builders
from tests.builders import CONVERSATION, NOON
from tests.core.automations.situations import MUG, NIGHT, shop
from tests.usecases.writing import at, said, write

MAP = Media(kind="image", url="https://shop.example/map.png")
PHOTO = Attachment(kind="image", url="https://cdn.test/1.jpg")


def row(rt: Runtime) -> Conversation:
    found = rt.conversations.load(CONVERSATION)
    assert found is not None
    return found


def in_seconds(number: float, since: datetime = NOON) -> datetime:
    return since + timedelta(seconds=number)


@pytest.fixture
def open_shop() -> Runtime:
    return at(shop())


@pytest.fixture
def closed_shop() -> Runtime:
    return at(shop(), NIGHT)


class TestTheInstantReply:
    def test_the_first_message_ever_is_greeted(self, open_shop: Runtime) -> None:
        write(open_shop)
        assert said(open_shop) == ["Hello!"]

    def test_the_second_is_not(self, open_shop: Runtime) -> None:
        write(open_shop)
        write(open_shop, in_seconds(3600), 2)
        assert said(open_shop) == ["Hello!"]

    @pytest.mark.parametrize(("days", "greetings"), [(29, 1), (30, 2)])
    def test_after_days_of_silence_it_is_given_again_if_the_channel_wants_it(
        self, days: int, greetings: int
    ) -> None:
        greeting = AutomaticReply(text="Hello!", again_after_days=30)
        rt = at(shop(instant_reply=greeting))
        write(rt)
        write(rt, NOON + timedelta(days=days), 2)
        assert len(said(rt)) == greetings

    def test_it_may_be_a_picture(self) -> None:
        rt = at(shop(instant_reply=AutomaticReply(attachment=MAP)))
        write(rt)
        [body] = rt.sender.bodies
        assert body["message"]["attachment"]["payload"] == {"url": MAP.url}
        assert "text" not in body["message"]

    def test_on_whatsapp_a_picture_may_call_by_name(self) -> None:
        reply = AutomaticReply(text="Hi {first_name}, find us!", attachment=MAP)
        rt = at(shop(platform="whatsapp", instant_reply=reply))
        write(rt, platform="whatsapp", contact_name="Ada Lovelace")
        assert rt.sender.bodies[0]["image"]["caption"] == "Hi Ada, find us!"

    def test_on_whatsapp_it_may_be_a_template_that_calls_by_name(self) -> None:
        known = {"name": "welcome", "language": "en"}
        approved = ApprovedTemplate(**known, category="utility", parameters=2)
        greeting = FilledTemplate(**known, parameters=("{first_name}", "{opens_at}"))
        settings = shop(
            platform="whatsapp",
            templates=(approved,),
            instant_reply=AutomaticReply(template=greeting),
        )
        rt = at(settings)
        write(rt, platform="whatsapp", contact_name="Ada Lovelace")
        [body] = rt.sender.bodies
        [said] = body["template"]["components"]
        assert [each["text"] for each in said["parameters"]] == ["Ada", "soon"]
        [row] = [one for one in rt.messages.all if one.kind is MessageKind.TEMPLATE]
        assert (row.state, row.basis) == (State.SENT, "standard_window")

    def test_a_picture_that_could_not_be_sent_at_once_is_sent_by_the_schedule(self) -> None:
        rt = at(shop(instant_reply=AutomaticReply(attachment=MAP)))
        rt.sender.outcomes.append(SendError("busy", error_class=ErrorClass.RETRY))
        write(rt)
        rt.now.at = in_seconds(3600)
        send_due.run(rt)
        first, second = rt.sender.bodies
        assert first == second

    def test_a_first_tap_is_greeted_too(self, open_shop: Runtime) -> None:
        tap = Postback(
            **(facts_of(builders.message_received()) | {"event_id": "messenger:postback:1"}),
            message_id=None,
            title="Get started",
            payload="START",
        )
        answer_message.run(tap, shop(), open_shop)
        assert said(open_shop) == ["Hello!"]

    def test_a_customer_who_came_through_a_person_first_is_greeted_once_alone(self) -> None:
        rt = at(shop())
        record_echo.run(builders.echo(occurred_at=in_seconds(-3600)), shop(), rt)
        write(rt)
        assert said(rt) == ["Hello!"]


class TestTheAwayMessage:
    def test_outside_opening_hours_it_stands_in_place_of_the_greeting(
        self, closed_shop: Runtime
    ) -> None:
        write(closed_shop, NIGHT)
        assert said(closed_shop) == ["Away."]

    def test_once_per_closed_period(self, closed_shop: Runtime) -> None:
        write(closed_shop, NIGHT)
        write(closed_shop, NIGHT + timedelta(hours=2), 2)
        assert said(closed_shop) == ["Away."]

    def test_again_in_the_next(self, closed_shop: Runtime) -> None:
        write(closed_shop, NIGHT)
        write(closed_shop, NIGHT + timedelta(days=1), 2)
        assert said(closed_shop) == ["Away.", "Away."]

    def test_when_it_is_off_the_greeting_is_given_at_night(self) -> None:
        rt = at(shop(away_message=AutomaticReply(is_on=False)), NIGHT)
        write(rt, NIGHT)
        assert said(rt) == ["Hello!"]

    def test_what_counts_is_when_the_customer_wrote(self) -> None:
        rt = at(shop())
        closing = builders.at("15:00")
        write(rt, closing - timedelta(seconds=1))
        assert said(rt) == ["Hello!"]

    def test_at_the_minute_of_closing_it_is_closed(self) -> None:
        rt = at(shop())
        write(rt, builders.at("15:00"))
        assert said(rt) == ["Away."]


class TestAtMostOneReply:
    def test_the_first_bubble_is_answered_at_once_and_the_burst_gets_nothing(self) -> None:
        rt = at(shop(notification_topics=(MUG,)))
        write(rt, text="Hello")
        write(rt, in_seconds(10), 2, text="the mug")
        assert said(rt) == ["Hello!"]

    def test_after_the_burst_there_may_be_another(self) -> None:
        rt = at(shop(notification_topics=(MUG,)))
        write(rt, text="Hello")
        write(rt, in_seconds(10.001), 2, text="the mug")
        assert len(said(rt)) == 2

    def test_a_redelivery_gets_no_second_reply(self, open_shop: Runtime) -> None:
        write(open_shop)
        write(open_shop)
        assert said(open_shop) == ["Hello!"]

    def test_f40_three_in_ten_minutes_and_then_automation_rests(self) -> None:
        rt = at(shop(notification_topics=(MUG,)))
        write_often(rt, 5)
        assert (len(said(rt)), rt.log.counts["automation_rests"]) == (3, 2)

    def test_never_more_than_ten_minutes_late(self, open_shop: Runtime) -> None:
        open_shop.now.at = NOON + timedelta(minutes=10, seconds=1)
        answer_message.run(builders.message_received(), shop(), open_shop)
        assert said(open_shop) == []

    def test_f36_what_was_too_old_to_be_answered_is_stored(self, open_shop: Runtime) -> None:
        open_shop.now.at = NOON + timedelta(days=9)
        answer_message.run(builders.message_received(), shop(), open_shop)
        assert (row(open_shop).wait_opened_at, len(open_shop.messages.all)) == (NOON, 1)


class TestWhilePeopleAreThere:
    @pytest.mark.parametrize(("minutes", "replies"), [(29, 1), (30, 2)])
    def test_after_an_answer_through_the_api_automation_pauses(
        self, minutes: int, replies: int
    ) -> None:
        rt = at(shop(notification_topics=(MUG,)))
        write(rt)
        rt.now.at = in_seconds(60)
        answer_as_person(rt)
        write(rt, in_seconds(60) + timedelta(minutes=minutes), 2, text="mug")
        assert len(said(rt)) - 1 == replies

    def test_the_pause_is_a_setting(self) -> None:
        rt = at(shop(notification_topics=(MUG,), person_pause_minutes=5))
        write(rt)
        rt.now.at = in_seconds(60)
        answer_as_person(rt)
        write(rt, in_seconds(60 + 300), 2, text="mug")
        assert len(said(rt)) == 3

    def test_an_automatic_reply_answers_nobody(self, open_shop: Runtime) -> None:
        write(open_shop)
        assert (row(open_shop).wait_opened_at, open_shop.waits.all) == (NOON, ())


class TestWhatIsStored:
    def test_an_attachment_is_kept_by_reference(self, open_shop: Runtime) -> None:
        write(open_shop, text=None, attachments=(PHOTO,))
        assert open_shop.messages.load(CONVERSATION, "mid.1").attachments == (PHOTO,)

    def test_the_raw_item_is_kept_beside_it(self, open_shop: Runtime) -> None:
        write(open_shop)
        assert b'"object":"page"' in open_shop.messages.load(CONVERSATION, "mid.1").raw

    @pytest.mark.parametrize(
        ("facts", "opened_by"),
        [
            ({}, "message"),
            ({"payload": "YES"}, "quick_reply"),
            ({"referral": Referral(ad_id="6045246247433")}, "ad_referral"),
        ],
    )
    def test_the_row_knows_what_opened_the_window(
        self, open_shop: Runtime, facts: dict[str, Any], opened_by: str
    ) -> None:
        write(open_shop, **facts)
        assert (row(open_shop).window_opened_by, row(open_shop).window_opened_at) == (
            opened_by,
            NOON,
        )

    def test_the_first_and_the_latest_referral_stay(self, open_shop: Runtime) -> None:
        write(open_shop, in_seconds(60), 2, referral=Referral(ref="b"))
        write(open_shop, in_seconds(120), 3, referral=Referral(ref="c"))
        write(open_shop, NOON, 1, referral=Referral(ref="a"))
        kept = open_shop.conversations.referrals(CONVERSATION)
        assert {name: ref.ref for name, (_, ref) in kept.items()} == {"first": "a", "latest": "c"}

    def test_the_first_contact_is_the_earliest(self, open_shop: Runtime) -> None:
        write(open_shop, in_seconds(60), 2)
        write(open_shop, NOON, 1)
        assert row(open_shop).first_contact_at == NOON

    def test_the_reply_says_which_automation_it_is(self, open_shop: Runtime) -> None:
        write(open_shop)
        (reply,) = [m for m in open_shop.messages.all if m.author is Author.AUTOMATION]
        assert (reply.automation, reply.kind, reply.state, reply.platform_message_id) == (
            "instant_reply",
            MessageKind.TEXT,
            State.SENT,
            "mid.1",
        )


class TestAMessageInAGroup:
    def test_it_is_not_answered(self, open_shop: Runtime) -> None:
        write(open_shop, group_id="g1")
        assert said(open_shop) == []

    def test_it_opens_no_window_to_its_writer(self, open_shop: Runtime) -> None:
        write(open_shop, group_id="g1")
        assert row(open_shop).window_ends_at is None


class TestWhenMetaCannotTakeIt:
    def test_a_retryable_failure_acknowledges_the_record_and_is_sent_by_the_schedule(
        self, open_shop: Runtime
    ) -> None:
        open_shop.sender.outcomes = [SendError("busy", error_class=ErrorClass.RETRY)]
        write(open_shop)
        open_shop.now.advance(minutes=1)
        send_due.run(open_shop)
        states = [m.state for m in open_shop.messages.all if m.author is Author.AUTOMATION]
        assert states == [State.SENT]

    def test_a_redelivery_while_it_is_planned_sends_it_once(self, open_shop: Runtime) -> None:
        open_shop.sender.outcomes = [SendError("busy", error_class=ErrorClass.RETRY)]
        write(open_shop)
        write(open_shop)
        open_shop.now.advance(minutes=1)
        send_due.run(open_shop)
        assert [m.state for m in open_shop.messages.all].count(State.SENT) == 1

    def test_an_ambiguous_answer_is_never_followed_by_another_post(
        self, open_shop: Runtime
    ) -> None:
        open_shop.sender.outcomes = [SendError("?", error_class=ErrorClass.AMBIGUOUS)]
        write(open_shop)
        write(open_shop)
        open_shop.now.advance(hours=1)
        send_due.run(open_shop)
        assert len(open_shop.sender.posts) == 1


def write_often(rt: Runtime, times: int) -> None:
    """Once a minute, each time about the mug."""
    for number in range(times):
        write(rt, in_seconds(60 * number), number, text="mug")


def answer_as_person(rt: Runtime) -> None:
    reply_as_person.run(
        conversation_id=CONVERSATION, text="Yes", author="Mia", idempotency_key="k", rt=rt
    )


def facts_of(event: Any) -> dict[str, Any]:
    names = ("event_id", "platform", "channel_id", "contact_id", "occurred_at", "item")
    return {name: getattr(event, name) for name in names}
