"""F08: no consent is lost to a message that was refused, wherever its worker died; and none is
taken from a message that was posted, or may still be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core import ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.messages import Message, State
from chalicelib.core.opt_in import OptIn
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    join_by_hand,
    notify,
    preferences,
    read_campaign,
    resend_message,
    send_due,
)
from tests import builders, fakes
from tests.builders import CHANNEL, NOON
from tests.usecases.campaigns import MUG, minute, plan, sent_to
from tests.usecases.crashes import Point, Watch, points

CONVERSATION = ids.conversation_id("instagram", CHANNEL, builders.CONTACT)
INSTAGRAM = builders.channel(platform="instagram", notification_topics=(MUG,))
LATE = NOON + timedelta(days=2)
BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)
LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)


def writes(rt: Runtime) -> None:
    """The customer's message opens the window."""
    event = builders.message_received(
        platform="instagram", message_id=f"mid.{rt.now():%d%H%M}", occurred_at=rt.now()
    )
    answer_message.run(event, rt.channels.all()[0], rt)


def agreed(settings: ChannelSettings = INSTAGRAM, **ports: Any) -> Runtime:
    rt = fakes.runtime(settings, **ports)
    writes(rt)
    rt.opt_ins.record(consent_of(CONVERSATION))
    return rt


def consent_of(conversation_id: str) -> OptIn:
    return builders.opt_in(conversation_id=conversation_id, platform="instagram", token=None)


def schedule(rt: Runtime, key: str, **facts: Any) -> Message:
    wish: dict[str, Any] = {"topic": "mug", "text": "It is back", "send_at": None}
    named = {"conversation_id": CONVERSATION, "idempotency_key": key, "rt": rt}
    return notify.schedule(**(wish | named | facts))


def planned() -> tuple[Runtime, Message]:
    """A notification whose window has closed when it is due."""
    rt = agreed()
    row = schedule(rt, "late", send_at=LATE)
    rt.now.at = LATE
    return rt, row


def dies_while(rt: Runtime, point: Point | None) -> list[str]:
    """The minute schedule, killed at this point; its calls."""
    watch = Watch(point)
    with suppress(SystemExit):
        send_due.run(watch.over(rt))
    return watch.calls


def held() -> tuple[Runtime, Message]:
    """Its worker died between refusing it and giving the consent back."""
    rt, row = planned()
    calls = dies_while(planned()[0], None)
    dies_while(rt, Point(calls.index("messages.refuse"), "messages.refuse", "after"))
    return rt, row


def consent(rt: Runtime) -> OptIn:
    (found,) = rt.opt_ins.of_conversation(CONVERSATION)
    return found


def again(rt: Runtime, key: str = "again") -> Message:
    """Another notification, after the customer wrote again."""
    rt.now.advance(minutes=1)
    writes(rt)
    return schedule(rt, key)


def test_the_worker_dies_with_the_consent_held() -> None:
    rt, row = held()
    stored = rt.messages.load(CONVERSATION, row.message_id)
    assert stored is not None
    assert (stored.state, consent(rt).used_by) == (State.REFUSED, row.message_id)


@pytest.mark.parametrize("point", points(dies_while(planned()[0], None)), ids=str)
def test_f08_wherever_the_worker_dies_the_next_notification_has_the_consent(point: Point) -> None:
    rt, _ = planned()
    dies_while(rt, point)
    send_due.run(rt)
    sent = again(rt)
    assert (sent.state, consent(rt).used_by) == (State.SENT, sent.message_id)


def test_f08_a_campaign_reaches_who_is_held_by_a_refused_message() -> None:
    rt, _ = held()
    rt.now.advance(minutes=1)
    writes(rt)
    plan(rt)
    rt.sender.posts.clear()
    minute(rt)
    assert sent_to(rt) == [builders.CONTACT]


@pytest.mark.parametrize("contact_id", ["0", "9" * 20])
def test_f08_a_campaign_reaches_those_too_who_agreed_under_another_key(contact_id: str) -> None:
    rt = agreed()
    other = builders.conversation(platform="instagram", contact_id=contact_id)
    rt.conversations.save(other)
    rt.opt_ins.forget(CONVERSATION)
    rt.opt_ins.record(consent_of(other.conversation_id))
    join_by_hand.merge(CONVERSATION, other.conversation_id, rt)
    row = schedule(rt, "late", send_at=LATE)
    rt.messages.refuse(replace(row, failure="window_closed", ledger=()))
    campaign = plan(rt)
    minute(rt)
    (count,) = read_campaign.run(campaign.campaign_id, rt).counts
    assert (count.outcome, count.recipients) == ("sent", 1)


def test_f08_a_dry_run_counts_the_consent_and_leaves_it_where_it_is() -> None:
    rt, row = held()
    rt.now.advance(minutes=1)
    writes(rt)
    dry = plan(rt, is_dry_run=True)
    minute(rt)
    (count,) = read_campaign.run(dry.campaign_id, rt).counts
    assert (count.outcome, count.recipients) == ("permitted", 1)
    assert consent(rt).used_by == row.message_id


def test_f08_of_eight_that_want_it_back_one_gets_it() -> None:
    rt, _ = held()
    rt.now.advance(minutes=1)
    writes(rt)
    rt.sender.posts.clear()
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda number: schedule(rt, f"race-{number}"), range(8)))
    assert [row.state for row in rows].count(State.SENT) == len(rt.sender.posts) == 1


def test_f08_who_resends_the_refused_one_keeps_the_consent() -> None:
    rt, row = held()
    rt.now.advance(minutes=1)
    writes(rt)
    resend(rt, row)
    assert schedule(rt, "another").failure == "opt_in_used"


def test_f08_a_resend_that_is_being_made_keeps_the_consent() -> None:
    rt, row = held()
    rt.messages.mark_resent(CONVERSATION, row.message_id, "hb-somebody")
    assert again(rt).failure == "opt_in_used"


def resend(rt: Runtime, row: Message) -> Message:
    return resend_message.run(
        conversation_id=CONVERSATION,
        message_id=row.message_id,
        idempotency_key="resend",
        is_confirmed=True,
        rt=rt,
    )


class ResentMeanwhile(fakes.FakeOptIns):
    """Between the look at the consent and its release, the refused message is sent again."""

    def release(self, opt_in: OptIn) -> None:
        self.claim(opt_in, str(opt_in.used_by), LATE + timedelta(hours=1))
        super().release(opt_in)


def test_f08_a_claim_that_comes_between_keeps_the_consent() -> None:
    opt_ins = ResentMeanwhile()
    rt = agreed(opt_ins=opt_ins)
    refused = builders.our_message(conversation_id=CONVERSATION, message_id="hb-1", failure="no")
    rt.messages.refuse(refused)
    opt_ins.claim(consent(rt), "hb-1", NOON)
    assert (again(rt).failure, consent(rt).used_by) == ("opt_in_used", "hb-1")


@pytest.mark.parametrize("outcome", [BUSY, LOST])
def test_f08_what_was_posted_keeps_the_consent(outcome: SendError) -> None:
    rt = agreed()
    rt.sender.outcomes = [outcome]
    first = schedule(rt, "first")
    rt.now.at = LATE
    send_due.run(rt)
    assert (again(rt).failure, consent(rt).used_by) == ("opt_in_used", first.message_id)


def test_f08_what_is_planned_keeps_the_consent() -> None:
    rt = agreed()
    schedule(rt, "first", send_at=LATE)
    assert again(rt).failure == "opt_in_used"


def test_f08_what_has_no_row_yet_keeps_the_consent() -> None:
    rt = agreed()
    rt.opt_ins.claim(consent(rt), "hb-somebody", NOON)
    assert again(rt).failure == "opt_in_used"


def test_a_stop_is_no_reason_to_give_a_consent_away() -> None:
    rt, _ = held()
    rt.opt_ins.stop(CONVERSATION, "mug", LATE)
    assert again(rt).failure == "opt_in_stopped"


def test_a_consent_that_is_free_again_is_shown_as_such() -> None:
    rt, _ = held()
    (shown,) = preferences.read(CONVERSATION, rt).opt_ins
    assert (shown.stage, shown.failure) == ("issued", None)
