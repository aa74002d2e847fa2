"""Who wrote it for the business: we, a person, the platform's own automation, another app?

Every test is a sentence of the rule on echoes; the customer of all of them wrote at noon.
"""

from __future__ import annotations

from dataclasses import replace as replace_port
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import ids
from chalicelib.core.attribution import PAGE_INBOX_APP_IDS
from chalicelib.core.channel import AutomaticReply, ChannelSettings, NotificationTopic
from chalicelib.core.conversation import RecentSend
from chalicelib.core.events import Attachment
from chalicelib.core.messages import Author, Message, State
from chalicelib.platforms import Accepted
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, record_echo, send_message
from tests import builders, fakes
from tests.builders import CONVERSATION, NOON

CHANNEL = builders.channel()
GREETING = builders.channel(instant_reply=AutomaticReply(text="Hello!"))
MUG = NotificationTopic(topic="mug", title="When the mug is back", keywords=("mug",))
ANSWERING = builders.channel(notification_topics=(MUG,))
OURS = builders.our_message()
PHOTO = Attachment(kind="image", url="https://shop.example/mug.jpg")
CALLBACK = ids.callback(CONVERSATION, OURS.message_id)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def rt() -> Runtime:
    """The customer's message of noon is stored; nobody has answered."""
    runtime = fakes.runtime(CHANNEL)
    answer_message.run(builders.message_received(), CHANNEL, runtime)
    runtime.now.at = after(60)
    return runtime


def we_send(rt: Runtime, **facts: Any) -> Message:
    """A send of ours as it stands: claimed, unless said otherwise; the conversation knows of it."""
    row = builders.our_message(**facts)
    rt.messages.claim(row)
    known = rt.conversations.load(CONVERSATION)
    assert known is not None
    sends = (RecentSend(row.message_id, row.occurred_at),)
    rt.conversations.save(builders.conversation(**(as_dict(known) | {"recent_sends": sends})))
    return row


def settled(rt: Runtime, state: State, mid: str | None) -> None:
    we_send(rt)
    rt.messages.settle(CONVERSATION, OURS.message_id, state, platform_message_id=mid)


def as_dict(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def tell(rt: Runtime, channel: ChannelSettings = CHANNEL, **facts: Any) -> None:
    record_echo.run(builders.echo(**facts), channel, rt)


def others(rt: Runtime) -> list[Author]:
    """The authors of all rows but the customer's."""
    rows = rt.messages.history(CONVERSATION)
    return [row.author for row in rows if row.author is not Author.CUSTOMER]


def ours(rt: Runtime) -> tuple[State, str | None]:
    row = rt.messages.load(CONVERSATION, OURS.message_id)
    assert row is not None
    return row.state, row.platform_message_id


def waiting_since(rt: Runtime) -> datetime | None:
    row = rt.conversations.load(CONVERSATION)
    assert row is not None
    return row.wait_opened_at


class TestOurs:
    def test_an_echo_whose_metadata_names_our_attempt_is_ours(self, rt: Runtime) -> None:
        we_send(rt)
        tell(rt, metadata=CALLBACK, message_id="mid.ours", text="as Meta rewrote it")
        assert (others(rt), ours(rt)) == ([Author.AUTOMATION], (State.SENT, "mid.ours"))

    def test_an_echo_of_a_mid_that_we_wrote_is_ours(self, rt: Runtime) -> None:
        settled(rt, State.SENT, "mid.ours")
        tell(rt, message_id="mid.ours", text="as Meta rewrote it", app_id=None)
        assert others(rt) == [Author.AUTOMATION]

    def test_an_echo_of_a_mid_that_we_wrote_is_ours_a_week_later(self, rt: Runtime) -> None:
        settled(rt, State.SENT, "mid.ours")
        rt.now.advance(days=7)
        tell(rt, message_id="mid.ours", occurred_at=after(2))
        assert others(rt) == [Author.AUTOMATION]

    def test_while_a_send_is_claimed_and_unsettled_an_echo_is_ours(self, rt: Runtime) -> None:
        we_send(rt)
        tell(rt, message_id="mid.ours", text="as Meta rewrote it", occurred_at=after(2))
        assert (others(rt), ours(rt)) == ([Author.AUTOMATION], (State.SENT, "mid.ours"))

    def test_other_words_after_an_unknown_send_are_a_persons(self, rt: Runtime) -> None:
        settled(rt, State.UNKNOWN, None)
        tell(rt, message_id="mid.person", occurred_at=after(300))
        rows = others(rt), ours(rt)
        assert rows == ([Author.AUTOMATION, Author.PERSON_NATIVE], (State.UNKNOWN, None))

    def test_an_echo_without_words_settles_an_unknown_send(self, rt: Runtime) -> None:
        settled(rt, State.UNKNOWN, None)
        tell(rt, message_id="mid.ours", text=None, attachments=(PHOTO,), occurred_at=after(2))
        assert (others(rt), ours(rt)) == ([Author.AUTOMATION], (State.SENT, "mid.ours"))

    def test_a_claimed_send_to_somebody_else_makes_no_echo_ours(self, rt: Runtime) -> None:
        we_send(rt)
        tell(rt, contact_id="somebody else", occurred_at=after(2))
        assert ours(rt) == (State.CLAIMED, None)

    @pytest.mark.parametrize(("seconds", "author"), [(60, None), (61, Author.PERSON_NATIVE)])
    def test_the_text_of_a_send_without_a_mid_is_ours_within_60_seconds(
        self, rt: Runtime, seconds: int, author: Author | None
    ) -> None:
        settled(rt, State.SENT, None)
        tell(rt, text=OURS.text, occurred_at=OURS.occurred_at + timedelta(seconds=seconds))
        assert others(rt) == [Author.AUTOMATION, *([author] if author else [])]

    @pytest.mark.parametrize(("sent", "echoed"), [((PHOTO,), ()), ((), (PHOTO,))])
    def test_the_same_words_with_and_without_an_attachment_are_not_the_same(
        self, rt: Runtime, sent: Any, echoed: Any
    ) -> None:
        we_send(rt, attachments=sent)
        rt.messages.settle(CONVERSATION, OURS.message_id, State.SENT)
        tell(rt, text=OURS.text, attachments=echoed)
        assert others(rt) == [Author.AUTOMATION, Author.PERSON_NATIVE]

    def test_a_caption_echoed_with_its_attachment_is_ours(self, rt: Runtime) -> None:
        we_send(rt, attachments=(PHOTO,))
        rt.messages.settle(CONVERSATION, OURS.message_id, State.SENT)
        theirs = Attachment(kind="image", url="https://cdn.meta.example/1.jpg")
        tell(rt, text=OURS.text, attachments=(theirs,))
        assert others(rt) == [Author.AUTOMATION]

    def test_the_text_of_a_send_that_has_its_mid_proves_nothing(self, rt: Runtime) -> None:
        settled(rt, State.SENT, "mid.ours")
        tell(rt, text=OURS.text, message_id="mid.person", occurred_at=after(30))
        assert others(rt) == [Author.AUTOMATION, Author.PERSON_NATIVE]

    def test_an_echo_that_comes_before_metas_answer_merges(self, rt: Runtime) -> None:
        hasty = replace_port(rt, sender=EchoesFirst(rt))
        answered = send_message.run(builders.outbound(), hasty)
        (row,) = [row for row in rt.messages.history(CONVERSATION) if row.author != "customer"]
        assert (row.message_id, row.platform_message_id) == (answered.message_id, "mid.early")

    def test_an_echo_that_settles_an_unknown_send_of_a_person_closes_the_wait(
        self, rt: Runtime
    ) -> None:
        we_send(rt, author=Author.PERSON_API, occurred_at=after(30))
        rt.messages.settle(CONVERSATION, OURS.message_id, State.UNKNOWN)
        tell(rt, metadata=CALLBACK, occurred_at=after(31))
        assert (ours(rt)[0], waiting_since(rt)) == (State.SENT, None)

    def test_our_own_echo_leaves_the_wait_of_an_automated_reply_open(self, rt: Runtime) -> None:
        we_send(rt)
        tell(rt, metadata=CALLBACK, occurred_at=after(2))
        assert waiting_since(rt) == NOON

    def test_our_own_echo_repeated_changes_nothing(self, rt: Runtime) -> None:
        we_send(rt)
        tell(rt, metadata=CALLBACK, message_id="mid.ours", occurred_at=after(2))
        before = rt.messages.history(CONVERSATION), rt.conversations.load(CONVERSATION)
        tell(rt, metadata=CALLBACK, message_id="mid.ours", occurred_at=after(2))
        assert (rt.messages.history(CONVERSATION), rt.conversations.load(CONVERSATION)) == before

    @pytest.mark.parametrize("metadata", ["campaign 7", "hb1", CALLBACK + "x", ""])
    def test_metadata_of_somebody_else_names_nothing_of_ours(
        self, rt: Runtime, metadata: str
    ) -> None:
        settled(rt, State.SENT, "mid.ours")
        tell(rt, metadata=metadata, message_id="mid.other", app_id="4711")
        assert others(rt) == [Author.AUTOMATION, Author.OTHER_APP]


class TestAPerson:
    @pytest.mark.parametrize(
        "facts",
        [
            *({"app_id": app_id} for app_id in sorted(PAGE_INBOX_APP_IDS)),
            {"app_id": None},
            {"app_id": None, "is_phone_app": True},
        ],
        ids=["Page inbox", "Page inbox since 2021", "no app id", "phone app"],
    )
    def test_a_native_echo_is_a_person_and_answers_the_customer(
        self, rt: Runtime, facts: dict[str, Any]
    ) -> None:
        tell(rt, **facts)
        assert (others(rt), waiting_since(rt)) == ([Author.PERSON_NATIVE], None)

    def test_the_wait_it_closes_says_when_and_by_whom(self, rt: Runtime) -> None:
        tell(rt, occurred_at=after(90))
        (wait,) = rt.waits.of_day(CHANNEL.channel_id, builders.TODAY)
        assert (wait.answered_at, wait.answered_by) == (after(90), "person_native")

    def test_a_person_who_writes_first_opens_no_wait(self) -> None:
        rt = fakes.runtime(CHANNEL)
        tell(rt)
        assert (others(rt), waiting_since(rt)) == ([Author.PERSON_NATIVE], None)

    def test_a_person_pauses_automation_for_half_an_hour(self, rt: Runtime) -> None:
        tell(rt, occurred_at=after(60))
        assert [answered(rt, minutes) for minutes in (30, 31)] == [False, True]


class TestThePlatformsAutomation:
    @pytest.mark.parametrize(
        ("seconds", "author"),
        [
            (0, Author.PLATFORM_AUTOMATION),
            (5, Author.PLATFORM_AUTOMATION),
            (5.001, Author.PERSON_NATIVE),
        ],
    )
    def test_within_five_seconds_of_the_customers_message_nobody_types(
        self, rt: Runtime, seconds: float, author: Author
    ) -> None:
        tell(rt, occurred_at=after(seconds))
        assert others(rt) == [author]

    def test_it_answers_nobody(self, rt: Runtime) -> None:
        tell(rt, occurred_at=after(3))
        assert waiting_since(rt) == NOON

    @pytest.mark.parametrize(
        ("setting", "author"), [(2, Author.PERSON_NATIVE), (3, Author.PLATFORM_AUTOMATION)]
    )
    def test_the_five_seconds_are_a_setting(
        self, rt: Runtime, setting: int, author: Author
    ) -> None:
        channel = builders.channel(native_automation_seconds=setting)
        tell(rt, channel, occurred_at=after(3))
        assert others(rt) == [author]

    def test_before_the_customers_message_it_is_a_person(self, rt: Runtime) -> None:
        tell(rt, occurred_at=after(-1))
        assert others(rt) == [Author.PERSON_NATIVE]

    def test_it_is_found_also_when_its_echo_overtakes_the_message(self) -> None:
        rt = fakes.runtime(CHANNEL)
        tell(rt, occurred_at=after(3))
        answer_message.run(builders.message_received(), CHANNEL, rt)
        assert (others(rt), waiting_since(rt)) == ([Author.PLATFORM_AUTOMATION], NOON)


class TestAnotherApp:
    def test_any_other_app_id_is_another_app_and_no_answer(self, rt: Runtime) -> None:
        tell(rt, app_id="4711")
        assert (others(rt), waiting_since(rt)) == ([Author.OTHER_APP], NOON)

    def test_it_counts_as_a_person_if_the_channel_lists_it(self, rt: Runtime) -> None:
        tell(rt, builders.channel(person_app_ids=("4711",)), app_id="4711")
        assert (others(rt), waiting_since(rt)) == ([Author.PERSON_APP], None)

    def test_it_pauses_our_automation(self, rt: Runtime) -> None:
        tell(rt, app_id="4711", occurred_at=after(60))
        assert [answered(rt, minutes) for minutes in (30, 31)] == [False, True]

    def test_within_five_seconds_it_is_still_another_app(self, rt: Runtime) -> None:
        tell(rt, app_id="4711", occurred_at=after(3))
        assert others(rt) == [Author.OTHER_APP]


class TestStandby:
    """Another app has the thread, and we listen."""

    def test_a_message_opens_window_and_wait_and_gets_no_reply(self) -> None:
        rt = fakes.runtime(GREETING)
        answer_message.run(builders.message_received(is_standby=True), GREETING, rt)
        row = rt.conversations.load(CONVERSATION)
        assert row is not None
        found = row.wait_opened_at, row.window_ends_at, len(rt.messages.history(CONVERSATION))
        assert (found, rt.sender.posts) == ((NOON, NOON + timedelta(hours=24), 1), [])

    def test_an_echo_closes_the_wait(self, rt: Runtime) -> None:
        tell(rt, is_standby=True)
        assert waiting_since(rt) is None

    def test_an_echo_in_standby_tells_that_another_app_has_the_thread(self, rt: Runtime) -> None:
        tell(rt, is_standby=True)
        assert send_message.run(builders.outbound(), rt).failure == "standby"

    def test_a_person_of_ours_may_not_write_meanwhile(self) -> None:
        rt = fakes.runtime(CHANNEL)
        answer_message.run(builders.message_received(is_standby=True), CHANNEL, rt)
        row = send_message.run(builders.outbound(), rt)
        assert (row.state, row.failure, rt.sender.posts) == (State.REFUSED, "standby", [])

    def test_with_the_next_message_to_us_we_may_write_again(self) -> None:
        rt = fakes.runtime(CHANNEL)
        answer_message.run(builders.message_received(is_standby=True), CHANNEL, rt)
        back = builders.message_received(message_id="mid.2", occurred_at=after(60))
        rt.now.at = after(60)
        answer_message.run(back, CHANNEL, rt)
        assert send_message.run(builders.outbound(), rt).state is State.SENT


def answered(rt: Runtime, minutes: int) -> bool:
    """Does a message so long after noon get an automatic reply?"""
    rt.now.at = NOON + timedelta(minutes=minutes, seconds=1)
    before = len(rt.sender.posts)
    event = builders.message_received(
        message_id=f"mid.{minutes}", occurred_at=NOON + timedelta(minutes=minutes), text="mug"
    )
    answer_message.run(event, ANSWERING, rt)
    return len(rt.sender.posts) > before


class EchoesFirst:
    """A platform whose webhook is faster than its answer."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt

    def post(self, channel: ChannelSettings, request: Any) -> Accepted:
        message = request.body["message"]
        tell(self._rt, message_id="mid.early", text=message["text"], metadata=message["metadata"])
        return Accepted("mid.early")
