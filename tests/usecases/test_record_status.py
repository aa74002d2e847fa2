"""What became of our messages: statuses are dated facts that only move up, and settle a doubt."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.core import ids
from chalicelib.core.events import Item, StatusChanged
from chalicelib.core.messages import Author, Message, State, state_now
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    erase_contact,
    process_event,
    record_status,
    send_message,
)
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, NOON

WHATSAPP = builders.channel(platform="whatsapp")
CONVERSATION = builders.conversation(platform="whatsapp").conversation_id
OURS = builders.our_message(conversation_id=CONVERSATION)
CALLBACK = ids.callback(CONVERSATION, OURS.message_id)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rt() -> Runtime:
    """A customer wrote at noon and a reply is claimed, nobody knows more."""
    runtime = fakes.runtime(WHATSAPP)
    answer_message.run(builders.message_received(platform="whatsapp"), WHATSAPP, runtime)
    runtime.messages.claim(OURS)
    runtime.now.advance(minutes=5)
    return runtime


def status(word: str, at: datetime = NOON + MINUTE, **facts: Any) -> StatusChanged:
    defaults: dict[str, Any] = {
        "event_id": f"whatsapp:wamid.1:{word}",
        "platform": "whatsapp",
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "occurred_at": at,
        "item": builders.ITEM,
        "status": word,
        "message_ids": ("wamid.1",),
        "callback": CALLBACK,
    }
    return StatusChanged(**(defaults | facts))


def tell(rt: Runtime, *words: str, **facts: Any) -> Message:
    """These statuses, a minute apart; the row after them."""
    for number, word in enumerate(words, start=1):
        record_status.run(status(word, NOON + number * MINUTE, **facts), WHATSAPP, rt)
    return ours(rt)


def ours(rt: Runtime) -> Message:
    row = rt.messages.load(CONVERSATION, OURS.message_id)
    assert row is not None
    return row


def test_each_status_is_kept_with_its_date(rt: Runtime) -> None:
    assert tell(rt, "sent", "delivered", "read").statuses == {
        "sent": NOON + MINUTE,
        "delivered": NOON + 2 * MINUTE,
        "read": NOON + 3 * MINUTE,
    }


@pytest.mark.parametrize("order", list(permutations(("sent", "delivered", "read"))))
def test_f04_the_order_of_arrival_makes_no_difference(rt: Runtime, order: tuple[str, ...]) -> None:
    dated = {"sent": NOON + MINUTE, "delivered": NOON + 2 * MINUTE, "read": NOON + 3 * MINUTE}
    events = [status(word, dated[word]) for word in order]
    statuses = [record_status.run(event, WHATSAPP, rt) for event in events]
    assert (len(statuses), ours(rt).statuses) == (3, dated)


def test_a_repeated_status_keeps_its_first_date(rt: Runtime) -> None:
    assert tell(rt, "sent", "sent").statuses == {"sent": NOON + MINUTE}


@pytest.mark.parametrize("word", ["sent", "delivered", "read", "played"])
def test_f08_a_status_settles_a_claim_that_nobody_settled(rt: Runtime, word: str) -> None:
    row = tell(rt, word)
    assert (row.state, row.platform_message_id) == (State.SENT, "wamid.1")


def test_f08_a_status_that_settles_a_persons_send_closes_the_wait() -> None:
    rt = fakes.runtime(WHATSAPP)
    answer_message.run(builders.message_received(platform="whatsapp"), WHATSAPP, rt)
    rt.messages.claim(builders.our_message(conversation_id=CONVERSATION, author=Author.PERSON_API))
    tell(rt, "sent")
    assert [wait.answered_by for wait in rt.waits.all] == ["person_api"]


def test_failed_sticks_whatever_comes_after(rt: Runtime) -> None:
    row = tell(rt, "sent", "failed", "delivered")
    assert state_now(row, rt.now()) is State.FAILED


def test_a_failure_says_why(rt: Runtime) -> None:
    error = {"code": 131047, "title": "Re-engagement message"}
    row = tell(rt, "failed", errors=(error,))
    assert row.failure
    assert "131047" in row.failure or "window" in row.failure


def test_f18_nothing_is_sent_to_whom_a_status_calls_unreachable(rt: Runtime) -> None:
    tell(rt, "failed", errors=({"code": 131026},))
    later = send_message.run(builders.outbound(platform="whatsapp", key="later"), rt)
    assert later.failure == "recipient_gone"


def test_f18_who_writes_again_after_that_may_be_answered(rt: Runtime) -> None:
    tell(rt, "failed", errors=({"code": 131026},))
    again = builders.message_received(
        platform="whatsapp", message_id="again", occurred_at=NOON + 2 * MINUTE
    )
    answer_message.run(again, WHATSAPP, rt)
    later = send_message.run(builders.outbound(platform="whatsapp", key="later"), rt)
    assert later.state is State.SENT


def test_a_status_that_comes_late_does_not_call_unreachable_who_has_written_since(
    rt: Runtime,
) -> None:
    tell(rt, "failed", errors=({"code": 131026},), occurred_at=NOON - MINUTE)
    later = send_message.run(builders.outbound(platform="whatsapp", key="later"), rt)
    assert later.state is State.SENT


def test_a_failure_of_another_kind_hinders_no_further_message(rt: Runtime) -> None:
    tell(rt, "failed", errors=({"code": 131000},))
    later = send_message.run(builders.outbound(platform="whatsapp", key="later"), rt)
    assert later.state is State.SENT


def test_a_late_failure_brings_no_row_of_an_erased_contact_back(rt: Runtime) -> None:
    erase_contact.run(CONVERSATION, rt)
    tell(rt, "failed", errors=({"code": 131026},))
    assert rt.conversations.load(CONVERSATION) is None


def test_the_price_is_kept(rt: Runtime) -> None:
    pricing = {"billable": True, "category": "service"}
    facts = tell(rt, "sent", pricing=pricing).status_facts["sent"]
    assert facts == {"pricing": pricing, "country": "KR"}


def test_a_status_of_a_message_that_others_sent_is_kept_under_its_id(rt: Runtime) -> None:
    record_status.run(status("delivered", callback=None), WHATSAPP, rt)
    assert ours(rt).statuses == {}


def test_a_callback_of_somebody_else_names_no_row_of_ours(rt: Runtime) -> None:
    record_status.run(status("delivered", callback="order-4711"), WHATSAPP, rt)
    assert ours(rt).statuses == {}


def test_an_unknown_status_is_counted(rt: Runtime) -> None:
    assert tell(rt, "levitated").statuses == {}
    assert rt.log.counts["statuses_unknown"] == 1


@pytest.mark.parametrize(
    ("word", "fact"), [("delivered", "delivered_until"), ("read", "read_until")]
)
def test_a_watermark_is_kept_beside_the_conversation(rt: Runtime, word: str, fact: str) -> None:
    record_status.run(status(word, watermark=NOON + MINUTE), WHATSAPP, rt)
    assert getattr(rt.conversations.seen(CONVERSATION), fact) == NOON + MINUTE


FREE = {"pricing": {"type": "free_entry_point", "category": "referral_conversion"}}
ENDS = "1795867200"  # 2026-11-28T12:00:00Z


def entered(ends: object) -> Item:
    conversation = {"id": "c", "expiration_timestamp": ends}
    return Item("whatsapp_business_account", "statuses", {"conversation": conversation})


def test_the_end_of_a_free_entry_point_is_kept_beside_the_conversation(rt: Runtime) -> None:
    tell(rt, "sent", item=entered(ENDS), **FREE)
    assert rt.conversations.seen(CONVERSATION).free_until == NOON + 7 * 24 * 60 * MINUTE


@pytest.mark.parametrize("ends", [None, "soon", []])
def test_an_end_that_is_none_changes_nothing(rt: Runtime, ends: object) -> None:
    tell(rt, "sent", item=entered(ENDS), **FREE)
    tell(rt, "delivered", item=entered(ends), **FREE)
    assert rt.conversations.seen(CONVERSATION).free_until == NOON + 7 * 24 * 60 * MINUTE


def test_f04_a_watermark_only_moves_up(rt: Runtime) -> None:
    record_status.run(status("read", watermark=NOON + MINUTE), WHATSAPP, rt)
    record_status.run(status("read", watermark=NOON), WHATSAPP, rt)
    assert rt.conversations.seen(CONVERSATION).read_until == NOON + MINUTE


def test_f39_a_status_is_not_answered(rt: Runtime) -> None:
    tell(rt, "sent", "delivered", "read")
    assert rt.sender.posts == []


def test_a_status_that_names_our_row_needs_no_recipient() -> None:
    rt = fakes.runtime(WHATSAPP)
    rt.messages.claim(OURS)
    item = Item(
        object="whatsapp_business_account",
        section="statuses",
        body={
            "id": "wamid.1",
            "status": "delivered",
            "timestamp": str(int(NOON.timestamp())),
            "biz_opaque_callback_data": CALLBACK,
        },
        frame={"metadata": {"phone_number_id": CHANNEL}},
    )
    process_event.run(item, NOON, rt)
    (row,) = rt.messages.history(CONVERSATION)
    assert row.statuses == {"delivered": NOON}


def test_a_sent_status_closes_the_wait_that_a_dead_worker_left_open(rt: Runtime) -> None:
    answer = builders.our_message(
        conversation_id=CONVERSATION,
        message_id=ids.attempt_id("answer"),
        author=Author.PERSON_API,
        occurred_at=NOON + MINUTE,
    )
    rt.messages.claim(answer)
    rt.messages.settle(CONVERSATION, answer.message_id, State.SENT, platform_message_id="wamid.9")
    callback = ids.callback(CONVERSATION, answer.message_id)
    record_status.run(status("sent", callback=callback, message_ids=("wamid.9",)), WHATSAPP, rt)
    (wait,) = rt.waits.of_day(CHANNEL, builders.TODAY)
    assert wait.answered_at == answer.occurred_at
