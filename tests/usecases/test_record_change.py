"""Edits, unsends, reactions, visits, and who has the thread: what happens around a message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.conversation import Conversation
from chalicelib.core.events import (
    Attachment,
    CallReported,
    MessageDeleted,
    MessageEdited,
    PolicyEnforced,
    Reacted,
    Referral,
    Referred,
    ThreadControlChanged,
)
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Author, Message, Origin, State
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    record_change,
    record_control,
    record_echo,
    send_message,
)
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON, PLATFORM

SHOP = builders.channel(own_app_id="1")
LATER = NOON + timedelta(hours=1)
DAY = timedelta(days=1)
PHOTO = Attachment(kind="image", url="https://cdn.test/1.jpg")


def told(kind: type, at: datetime = LATER, **facts: Any) -> Any:
    """An event of the contact, an hour past noon."""
    defaults: dict[str, Any] = {
        "event_id": f"{PLATFORM}:{kind.__name__}",
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "occurred_at": at,
        "item": builders.ITEM,
    }
    return kind(**(defaults | facts))


def write(rt: Runtime) -> None:
    event = builders.message_received(attachments=(PHOTO,))
    answer_message.run(event, SHOP, rt)


@pytest.fixture
def rt() -> Runtime:
    """A customer wrote at noon, with a photo."""
    runtime = fakes.runtime(SHOP)
    write(runtime)
    return runtime


def stored(rt: Runtime) -> Message:
    row = rt.messages.load(CONVERSATION, "mid.customer")
    assert row is not None
    return row


def the_row(rt: Runtime) -> Conversation:
    row = rt.conversations.load(CONVERSATION)
    assert row is not None
    return row


def edit(rt: Runtime, text: str, at: datetime = LATER) -> None:
    event = told(MessageEdited, at, message_id="mid.customer", text=text)
    record_change.edited(event, SHOP, rt)


def unsend(rt: Runtime) -> None:
    record_change.deleted(told(MessageDeleted, message_id="mid.customer"), SHOP, rt)


def react(rt: Runtime, emoji: str | None, at: datetime = LATER, **facts: Any) -> None:
    event = told(Reacted, at, **({"message_id": "mid.customer", "emoji": emoji} | facts))
    record_change.reacted(event, SHOP, rt)


class TestEdits:
    def test_the_latest_text_stands(self, rt: Runtime) -> None:
        edit(rt, "second", LATER + timedelta(minutes=1))
        edit(rt, "first")
        assert stored(rt).text == "second"

    def test_an_edit_opens_no_window(self, rt: Runtime) -> None:
        before = the_row(rt)
        edit(rt, "second")
        assert the_row(rt) == before

    def test_f04_an_edit_may_come_before_its_message(self) -> None:
        rt = fakes.runtime(SHOP)
        edit(rt, "second")
        write(rt)
        assert stored(rt).text == "second"


class TestUnsends:
    def test_the_content_is_gone_and_a_tombstone_stays(self, rt: Runtime) -> None:
        unsend(rt)
        row = stored(rt)
        assert (row.text, row.attachments, row.raw, row.deleted_at) == (None, (), None, LATER)

    def test_f04_what_was_unsent_before_it_came_is_never_stored(self) -> None:
        rt = fakes.runtime(SHOP)
        unsend(rt)
        write(rt)
        assert (stored(rt).text, stored(rt).deleted_at) == (None, LATER)

    def test_an_edit_does_not_bring_it_back(self, rt: Runtime) -> None:
        unsend(rt)
        edit(rt, "second")
        assert stored(rt).text is None

    def test_the_customer_still_waits(self, rt: Runtime) -> None:
        unsend(rt)
        assert the_row(rt).wait_opened_at == NOON


class TestReactions:
    def test_it_stands_at_the_message(self, rt: Runtime) -> None:
        react(rt, "❤")
        assert stored(rt).customer_reaction == "❤"

    def test_taken_back_it_is_gone(self, rt: Runtime) -> None:
        react(rt, "❤")
        react(rt, None, LATER + timedelta(seconds=1))
        assert stored(rt).customer_reaction is None

    def test_f04_taken_back_before_it_came_it_stays_gone(self, rt: Runtime) -> None:
        react(rt, None, LATER + timedelta(seconds=1))
        react(rt, "❤")
        assert stored(rt).customer_reaction is None

    def test_a_customers_opens_the_window(self, rt: Runtime) -> None:
        react(rt, "❤")
        assert (the_row(rt).window_ends_at, the_row(rt).window_opened_by) == (
            LATER + DAY,
            "reaction",
        )

    @pytest.mark.parametrize(
        "facts", [{"emoji": None}, {"emoji": "❤", "is_by_business": True}], ids=repr
    )
    def test_taking_it_back_or_the_businesss_own_does_not(
        self, rt: Runtime, facts: dict[str, Any]
    ) -> None:
        react(rt, **facts)
        assert the_row(rt).window_ends_at == NOON + DAY

    def test_it_is_no_message_and_opens_no_wait(self) -> None:
        rt = fakes.runtime(SHOP)
        react(rt, "❤")
        assert (the_row(rt).wait_opened_at, rt.messages.all) == (None, ())


class TestCalls:
    NUMBER = builders.channel(platform="whatsapp")
    AT_HOME = conversation_id("whatsapp", CHANNEL, CONTACT)

    def call(self, rt: Runtime, **facts: Any) -> Conversation | None:
        told_of = {"call_id": "wacid.1", "state": "connect", "is_by_business": False} | facts
        event = told(CallReported, platform="whatsapp", **told_of)
        record_change.called(event, self.NUMBER, rt)
        return rt.conversations.load(self.AT_HOME)

    def test_a_customers_opens_the_window_and_no_wait(self) -> None:
        row = self.call(fakes.runtime(self.NUMBER))
        assert row is not None
        assert (row.window_opened_by, row.window_ends_at) == ("call", LATER + DAY)
        assert (row.wait_opened_at, row.thread_owner) == (None, None)

    @pytest.mark.parametrize(
        "facts",
        [{"is_by_business": True}, {"is_by_business": None}, {"state": "terminate"}],
        ids=repr,
    )
    def test_the_businesss_own_or_its_end_does_not(self, facts: dict[str, Any]) -> None:
        assert self.call(fakes.runtime(self.NUMBER), **facts) is None


class TestVisits:
    def visit(self, rt: Runtime, **referral: Any) -> None:
        record_change.referred(told(Referred, referral=Referral(**referral)), SHOP, rt)

    @pytest.mark.parametrize(
        ("referral", "opened_by"), [({"ref": "a"}, "referral"), ({"ad_id": "6"}, "ad_referral")]
    )
    def test_a_visit_opens_the_window_and_no_wait(
        self, referral: dict[str, str], opened_by: str
    ) -> None:
        rt = fakes.runtime(SHOP)
        self.visit(rt, **referral)
        row = the_row(rt)
        assert (row.window_opened_by, row.wait_opened_at, row.first_contact_at) == (
            opened_by,
            None,
            LATER,
        )

    def test_it_is_remembered_where_the_customer_came_from(self, rt: Runtime) -> None:
        self.visit(rt, ref="a")
        assert rt.conversations.referrals(CONVERSATION)["latest"][1].ref == "a"

    def test_f39_it_is_not_answered(self, rt: Runtime) -> None:
        self.visit(rt, ref="a")
        assert rt.sender.posts == []


class TestWhoHasTheThread:
    def control(self, rt: Runtime, action: str, app_id: str | None, at: datetime = LATER) -> None:
        event = told(ThreadControlChanged, at, action=action, app_id=app_id)
        record_control.thread_control_changed(event, SHOP, rt)

    @pytest.mark.parametrize(
        ("action", "app_id", "state"),
        [
            ("taken", "4711", State.REFUSED),
            ("passed", "4711", State.REFUSED),
            ("passed", "1", State.SENT),
            ("taken", "1", State.SENT),
            ("requested", "4711", State.SENT),
            ("taken", None, State.REFUSED),
        ],
    )
    def test_nothing_is_sent_while_another_app_has_it(
        self, rt: Runtime, action: str, app_id: str | None, state: State
    ) -> None:
        self.control(rt, action, app_id)
        rt.now.at = LATER
        assert send_message.run(builders.outbound(), rt).state is state

    def test_f04_the_latest_change_counts_in_whatever_order_they_come(self, rt: Runtime) -> None:
        self.control(rt, "passed", "1", LATER + timedelta(minutes=1))
        self.control(rt, "taken", "4711")
        assert the_row(rt).thread_owner == "us"

    def test_an_echo_says_nothing_about_it(self, rt: Runtime) -> None:
        self.control(rt, "taken", "4711")
        record_echo.run(builders.echo(occurred_at=LATER + timedelta(minutes=1)), SHOP, rt)
        assert the_row(rt).thread_owner == "other"


class TestWhenMetaBlocksThePage:
    def enforce(self, rt: Runtime, action: str, at: datetime = LATER) -> None:
        event = told(PolicyEnforced, at, action=action, contact_id=None)
        record_control.policy_enforced(event, SHOP, rt)

    def test_sending_is_refused_until_it_is_lifted(self, rt: Runtime) -> None:
        self.enforce(rt, "block")
        refused = send_message.run(builders.outbound(), rt)
        self.enforce(rt, "unblock", LATER + timedelta(minutes=1))
        sent = send_message.run(builders.outbound(key="hb-second"), rt)
        expected = (State.REFUSED, "channel_blocked", State.SENT)
        assert (refused.state, refused.failure, sent.state) == expected

    @pytest.mark.parametrize("origin", Origin)
    def test_nobody_may_send(self, rt: Runtime, origin: Origin) -> None:
        self.enforce(rt, "block")
        sent = send_message.run(builders.outbound(origin=origin), rt)
        assert (sent.state, sent.failure) == (State.REFUSED, "channel_blocked")

    def test_f04_the_latest_notice_counts_in_whatever_order_they_come(self, rt: Runtime) -> None:
        self.enforce(rt, "unblock", LATER + timedelta(minutes=1))
        self.enforce(rt, "block")
        assert send_message.run(builders.outbound(), rt).state is State.SENT

    def test_lifting_it_does_not_mend_a_dead_token(self, rt: Runtime) -> None:
        rt.channels.stop_sending(SHOP.channel_id, reason="token", at=LATER)
        self.enforce(rt, "block")
        self.enforce(rt, "unblock", LATER + timedelta(minutes=1))
        assert send_message.run(builders.outbound(), rt).state is State.PLANNED

    def test_a_block_kept_by_a_release_before_is_lifted_too(self, rt: Runtime) -> None:
        rt.channels.stop_sending(SHOP.channel_id, reason="policy_enforcement", at=LATER)
        refused = send_message.run(builders.outbound(), rt)
        self.enforce(rt, "unblock")
        sent = send_message.run(builders.outbound(key="hb-second"), rt)
        assert (refused.state, sent.state) == (State.REFUSED, State.SENT)

    def test_receiving_goes_on(self, rt: Runtime) -> None:
        self.enforce(rt, "block")
        record_echo.run(builders.echo(), SHOP, rt)
        assert [row.author for row in rt.messages.all] == [Author.CUSTOMER, Author.PERSON_NATIVE]
