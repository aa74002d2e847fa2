"""Occasions to write that are no message to us: comments, reviews, and what the business tells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace as replace_port
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core import ids
from chalicelib.core.channel import AutomaticReply, ChannelSettings, PrivateReply
from chalicelib.core.events import CommentReceived, PageReviewed
from chalicelib.core.handling import Handling
from chalicelib.core.handling_settings import Disclosure, Handover
from chalicelib.core.messages import Message, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    erase_contact,
    process_event,
    record_comment,
    record_review,
    send_due,
    trigger,
)
from chalicelib.usecases.errors import Conflict, InvalidInput, NotFound
from chalicelib.usecases.settle_send import StillSendingError
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, ITEM, NOON, PLATFORM

MINUTE = timedelta(minutes=1)
SHOP = builders.channel(
    page_recommended=AutomaticReply(text="Thank you, {first_name}!"),
    page_not_recommended=AutomaticReply(text="We are sorry."),
    job_application=AutomaticReply(text="We have your application."),
    private_reply=PrivateReply(text="We have written to you."),
)


def shop(channel: ChannelSettings = SHOP) -> Runtime:
    """A customer wrote five minutes ago."""
    rt = fakes.runtime(channel, now=fakes.Clock(NOON))
    event = builders.message_received(occurred_at=NOON - 5 * MINUTE)
    answer_message.run(event, channel, rt)
    return rt


@pytest.fixture
def rt() -> Runtime:
    return shop()


def comment(**facts: Any) -> CommentReceived:
    defaults: dict[str, Any] = {
        "event_id": f"{PLATFORM}:comment:{facts.get('comment_id', 'c1')}",
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": "commenter",
        "occurred_at": NOON,
        "item": ITEM,
        "comment_id": "c1",
        "text": "How much is the mug?",
        "post_id": "post-1",
    }
    return CommentReceived(**(defaults | facts))


def review(**facts: Any) -> PageReviewed:
    defaults: dict[str, Any] = {
        "event_id": f"{PLATFORM}:review:1",
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": None,
        "occurred_at": NOON,
        "item": ITEM,
        "verb": "add",
        "recommendation": "positive",
        "reviewer_id": CONTACT,
    }
    return PageReviewed(**(defaults | facts))


def reply_to(rt: Runtime, event: CommentReceived) -> Message | None:
    contact = event.contact_id or f"comment:{event.comment_id}"
    home = ids.conversation_id(PLATFORM, CHANNEL, contact)
    return rt.messages.load(home, record_comment.reply_key(event.comment_id, SHOP))


def comment_every_minute(rt: Runtime, *, times: int) -> None:
    for number in range(times):
        at = NOON + number * MINUTE
        record_comment.run(comment(comment_id=f"c{number}", occurred_at=at), SHOP, rt)


def tried(rt: Runtime, event: CommentReceived) -> None:
    """One of several deliveries: while another worker is at it, it comes again later."""
    with suppress(StillSendingError):
        record_comment.run(event, SHOP, rt)


class _Dies(fakes.FakeMessages):
    def claim(self, message: Message) -> Message | None:
        raise KeyboardInterrupt


def dying(rt: Runtime) -> Runtime:
    """The worker dies when it claims the send."""
    return replace_port(rt, messages=_Dies())


def minute_of(rt: Runtime, moment: datetime) -> None:
    send_due.run(replace_port(rt, now=fakes.Clock(moment)))


def texts(rt: Runtime) -> list[str]:
    return [body["message"]["text"] for body in rt.sender.bodies]


def pull(rt: Runtime, name: str = "job_application", key: str = "k") -> Message:
    return trigger.run(conversation_id=CONVERSATION, name=name, idempotency_key=key, rt=rt)


class TestComments:
    def test_a_comment_is_answered_in_private(self, rt: Runtime) -> None:
        record_comment.run(comment(), SHOP, rt)
        (body,) = rt.sender.bodies
        assert body["recipient"] == {"comment_id": "c1"}
        assert texts(rt) == ["We have written to you."]

    def test_the_row_says_that_it_is_a_private_reply(self, rt: Runtime) -> None:
        record_comment.run(comment(), SHOP, rt)
        row = reply_to(rt, comment())
        assert row is not None
        assert (row.state, row.basis, row.automation) == (
            State.SENT,
            "private_reply",
            "private_reply",
        )

    def test_f08_a_comment_that_is_told_again_is_not_answered_again(self, rt: Runtime) -> None:
        record_comment.run(comment(), SHOP, rt)
        record_comment.run(comment(), SHOP, rt)
        record_comment.run(comment(event_id="another delivery", text="edited"), SHOP, rt)
        assert len(rt.sender.posts) == 1

    def test_two_comments_of_one_person_have_a_reply_each(self, rt: Runtime) -> None:
        record_comment.run(comment(), SHOP, rt)
        record_comment.run(comment(comment_id="c2", occurred_at=NOON + MINUTE), SHOP, rt)
        assert len(rt.sender.posts) == 2

    def test_somebody_who_comments_all_the_time_is_not_answered_all_the_time(
        self, rt: Runtime
    ) -> None:
        comment_every_minute(rt, times=6)
        assert len(rt.sender.posts) == 3

    def test_f21_eight_workers_with_one_comment_send_one_reply(self, rt: Runtime) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: tried(rt, comment()), range(8)))
        assert len(rt.sender.posts) == 1

    def test_a_worker_that_dies_before_sending_loses_no_reply(self, rt: Runtime) -> None:
        with pytest.raises(KeyboardInterrupt):
            record_comment.run(comment(), SHOP, dying(rt))
        record_comment.run(comment(), SHOP, rt)
        assert len(rt.sender.posts) == 1

    def test_a_reply_that_meta_did_not_take_goes_to_the_comment_later(self, rt: Runtime) -> None:
        rt.sender.outcomes.append(SendError("busy", error_class=ErrorClass.RETRY))
        record_comment.run(comment(), SHOP, rt)
        minute_of(rt, NOON + 5 * MINUTE)
        assert [body["recipient"] for body in rt.sender.bodies] == [{"comment_id": "c1"}] * 2

    def test_a_customer_who_was_handed_over_is_left_to_the_person(self) -> None:
        rests = replace(SHOP, handover=Handover())
        rt = shop(rests)
        known = rt.conversations.load(CONVERSATION)
        rt.conversations.save_handling(known, Handling(handed_over_at=NOON - MINUTE))
        record_comment.run(comment(contact_id=CONTACT), rests, rt)
        assert rt.sender.posts == []

    def test_a_comment_without_an_author_is_answered_too(self, rt: Runtime) -> None:
        anonymous = comment(contact_id=None)
        record_comment.run(anonymous, SHOP, rt)
        row = reply_to(rt, anonymous)
        assert row is not None
        assert row.state is State.SENT

    def test_a_comment_opens_no_window(self, rt: Runtime) -> None:
        record_comment.run(comment(), SHOP, rt)
        known = rt.conversations.load(ids.conversation_id(PLATFORM, CHANNEL, "commenter"))
        assert known is not None
        assert (known.window_ends_at, known.wait_opened_at) == (None, None)

    def test_who_commented_is_not_in_the_inbox(self, rt: Runtime) -> None:
        record_comment.run(comment(), SHOP, rt)
        page = rt.conversations.newest(CHANNEL, cursor=None, limit=10)
        assert [one.contact_id for one in page.items] == [CONTACT]

    @pytest.mark.parametrize(
        "facts",
        [
            {"is_by_business": True},
            {"verb": "edited"},
            {"verb": "remove"},
            {"occurred_at": NOON - timedelta(days=8)},
        ],
    )
    def test_what_is_no_new_comment_of_a_customer_is_not_answered(
        self, rt: Runtime, facts: dict[str, Any]
    ) -> None:
        record_comment.run(comment(**facts), SHOP, rt)
        assert rt.sender.posts == []

    def test_a_comment_of_six_days_ago_may_still_be_answered(self, rt: Runtime) -> None:
        record_comment.run(comment(occurred_at=NOON - timedelta(days=6)), SHOP, rt)
        assert len(rt.sender.posts) == 1

    def test_while_a_person_writes_with_the_commenter_automation_keeps_silent(
        self, rt: Runtime
    ) -> None:
        known = rt.conversations.load(CONVERSATION)
        assert known is not None
        answered = replace(known, last_person_at=NOON - MINUTE)
        rt.conversations.save(answered)
        record_comment.run(comment(contact_id=CONTACT), SHOP, rt)
        assert rt.sender.posts == []

    def test_a_channel_that_does_not_want_it_keeps_comments_only(self) -> None:
        plain = builders.channel()
        quiet = shop(plain)
        record_comment.run(comment(), plain, quiet)
        assert (quiet.sender.posts, len(quiet.quarantine.kept)) == ([], 1)

    def test_an_item_of_a_page_finds_its_way(self, rt: Runtime) -> None:
        value = {
            "item": "comment",
            "verb": "add",
            "comment_id": "c9",
            "post_id": "p1",
            "message": "How much?",
            "created_time": int(NOON.timestamp()),
        }
        body = replace(ITEM, section="changes", field="feed", entry_id=CHANNEL, body=value)
        process_event.run(body, NOON, rt)
        assert [body["recipient"] for body in rt.sender.bodies] == [{"comment_id": "c9"}]


class TestReviews:
    def test_a_recommendation_is_answered_ten_minutes_later(self, rt: Runtime) -> None:
        record_review.run(review(), SHOP, rt)
        minute_of(rt, NOON + 9 * MINUTE)
        assert texts(rt) == []
        minute_of(rt, NOON + 10 * MINUTE)
        assert texts(rt) == ["Thank you, there!"]

    def test_the_opposite_has_a_text_of_its_own(self, rt: Runtime) -> None:
        record_review.run(review(recommendation="negative"), SHOP, rt)
        minute_of(rt, NOON + 10 * MINUTE)
        assert texts(rt) == ["We are sorry."]

    def test_a_message_of_the_reviewer_cancels_the_answer(self, rt: Runtime) -> None:
        record_review.run(review(), SHOP, rt)
        event = builders.message_received(message_id="mid.2", occurred_at=NOON + MINUTE)
        answer_message.run(event, SHOP, rt)
        minute_of(rt, NOON + 10 * MINUTE)
        assert texts(rt) == []

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_of_two_reviews_within_the_ten_minutes_the_later_is_answered(
        self, rt: Runtime, order: tuple[int, int]
    ) -> None:
        second = {"event_id": "2", "recommendation": "negative", "occurred_at": NOON + MINUTE}
        reviews = (review(), review(**second))
        for place in order:
            record_review.run(reviews[place], SHOP, rt)
        minute_of(rt, NOON + 12 * MINUTE)
        assert texts(rt) == ["We are sorry."]

    def test_a_review_that_is_told_twice_is_answered_once(self, rt: Runtime) -> None:
        record_review.run(review(), SHOP, rt)
        record_review.run(review(), SHOP, rt)
        minute_of(rt, NOON + 10 * MINUTE)
        assert len(rt.sender.posts) == 1

    @pytest.mark.parametrize(
        "facts",
        [
            {"reviewer_id": "somebody unknown"},
            {"reviewer_id": None},
            {"recommendation": None},
            {"verb": "edit"},
            {"verb": None},
            {"occurred_at": NOON + timedelta(days=2)},
        ],
    )
    def test_what_is_not_surely_a_review_of_a_contact_is_kept_and_not_answered(
        self, rt: Runtime, facts: dict[str, Any]
    ) -> None:
        record_review.run(review(**facts), SHOP, rt)
        minute_of(rt, NOON + timedelta(days=3))
        assert (rt.sender.posts, len(rt.quarantine.kept)) == ([], 1)

    def test_a_channel_that_turned_it_off_says_nothing(self) -> None:
        quiet = shop(builders.channel())
        record_review.run(review(), builders.channel(), quiet)
        minute_of(quiet, NOON + 10 * MINUTE)
        assert quiet.sender.posts == []


class TestTriggers:
    def test_an_application_is_answered_at_once(self, rt: Runtime) -> None:
        assert pull(rt).state is State.SENT
        assert texts(rt) == ["We have your application."]

    def test_the_same_key_is_the_same_application(self, rt: Runtime) -> None:
        assert pull(rt).message_id == pull(rt).message_id
        assert len(rt.sender.posts) == 1

    def test_another_key_is_another_one(self, rt: Runtime) -> None:
        assert pull(rt, key="a").message_id != pull(rt, key="b").message_id

    def test_a_review_can_be_told_too(self, rt: Runtime) -> None:
        assert pull(rt, "page_recommended").state is State.PLANNED

    def test_a_name_that_there_is_not_is_named(self, rt: Runtime) -> None:
        with pytest.raises(InvalidInput, match="job_application"):
            pull(rt, "private_reply")

    def test_an_automation_that_is_off_objects(self) -> None:
        with pytest.raises(Conflict) as refused:
            pull(shop(builders.channel()))
        assert refused.value.reason == "nothing_to_say"

    def test_an_unknown_conversation_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            pull(fakes.runtime(SHOP))

    def test_a_closed_window_is_a_refusal(self, rt: Runtime) -> None:
        later = replace_port(rt, now=fakes.Clock(NOON + timedelta(days=2)))
        assert (pull(later).state, pull(later).failure) == (State.REFUSED, "window_closed")


def commented_before(rt: Runtime) -> CommentReceived:
    """Of the contact, who wrote later and was erased since."""
    return comment(contact_id=CONTACT, occurred_at=NOON - 9 * MINUTE)


def test_a_comment_of_an_erased_contact_that_comes_late_is_kept_nowhere(rt: Runtime) -> None:
    erase_contact.run(CONVERSATION, rt)
    record_comment.run(commented_before(rt), SHOP, rt)
    assert (rt.sender.posts, rt.quarantine.kept) == ([], [])
    assert rt.conversations.load(CONVERSATION) is None


def test_a_comment_written_after_the_erasure_is_answered(rt: Runtime) -> None:
    erase_contact.run(CONVERSATION, rt)
    rt.now.advance(minutes=2)
    record_comment.run(comment(contact_id=CONTACT, occurred_at=NOON + MINUTE), SHOP, rt)
    assert len(rt.sender.posts) == 1


@pytest.mark.parametrize(
    ("when", "said"),
    [("always", "A machine.\n\nWe have written to you."), ("never", "We have written to you.")],
)
def test_a_private_reply_says_that_a_machine_answers_where_the_channel_always_does(
    when: str, said: str
) -> None:
    page = replace(SHOP, disclosure=Disclosure(when=when, text="A machine."))
    runtime = shop(page)
    record_comment.run(comment(), page, runtime)
    record_comment.run(comment(), page, runtime)
    assert [body["message"]["text"] for body in runtime.sender.bodies] == [said]


def test_an_occasion_is_no_conversation_with_a_machine(rt: Runtime) -> None:
    record_comment.run(comment(), SHOP, rt)
    assert rt.sender.bodies[0]["message"]["text"] == "We have written to you."
