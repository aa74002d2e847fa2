"""F08: an unknown send is settled by a look into the platform's conversation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import looking
from chalicelib.core.messages import Author, Message, State
from chalicelib.platforms import ErrorClass, SendError, _conversations_api
from chalicelib.ports import Runtime
from chalicelib.usecases import list_sends, send_message, settle_unknown
from chalicelib.usecases.list_sends import Trouble
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON, conversation, outbound

PAGE = builders.channel()
PATH = _conversations_api.path("messenger", CHANNEL, CONTACT)
LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
OURS = outbound().key
SAYS = "It is, from Tuesday on."


def opened(**facts: Any):
    window = {"window_opened_at": NOON, "window_ends_at": NOON + timedelta(hours=24)}
    waits = {"wait_opened_at": NOON, "wait_day": builders.TODAY, "last_customer_at": NOON}
    return conversation(**(window | waits | facts))


@pytest.fixture
def rt() -> Runtime:
    """A customer waits; a person's answer went out and its answer got lost."""
    runtime = fakes.runtime(PAGE)
    runtime.conversations.save(opened())
    runtime.sender.outcomes = [LOST]
    send_message.run(outbound(), runtime)
    return runtime


def shows(rt: Runtime, *messages: tuple[str, datetime, str], path: str = PATH) -> None:
    """The platform's conversation: what the business wrote, after a customer's message."""
    theirs = {"id": "m_0", "created_time": NOON.isoformat(), "from": {"id": CONTACT}}
    ours = [
        {"id": mid, "created_time": at.isoformat(), "from": {"id": CHANNEL}, "message": text}
        for mid, at, text in messages
    ]
    rt.sender.answers[path] = {"data": [{"messages": {"data": [*ours, theirs]}}]}


def after(rt: Runtime, **by: float) -> Message:
    rt.now.advance(**by)
    settle_unknown.run(rt)
    return ours(rt)


def ours(rt: Runtime, attempt: str = OURS) -> Message:
    row = rt.messages.load(CONVERSATION, attempt)
    assert row is not None
    return row


def listed(rt: Runtime, trouble: Trouble) -> list[str]:
    page = list_sends.run(CHANNEL, trouble, cursor=None, limit=9, rt=rt)
    return [view.message.message_id for view in page.items]


def test_f08_what_the_platform_shows_was_sent(rt: Runtime) -> None:
    shows(rt, ("m_1", NOON, SAYS))
    row = after(rt, minutes=1)
    assert (row.state, row.platform_message_id, row.failure) == (State.SENT, "m_1", None)
    assert (listed(rt, Trouble.UNKNOWN), len(rt.sender.posts)) == ([], 1)


def test_f08_a_persons_answer_that_is_found_closes_the_wait_at_its_own_time(rt: Runtime) -> None:
    shows(rt, ("m_1", NOON, SAYS))
    after(rt, minutes=1)
    assert [(wait.answered_at, wait.answered_by) for wait in rt.waits.all] == [(NOON, "person_api")]


def test_what_there_is_no_time_for_is_looked_for_the_next_minute(rt: Runtime) -> None:
    rt.now.advance(minutes=1)
    assert (settle_unknown.run(rt, until=rt.now()), rt.sender.looked_up) == (0, [])
    shows(rt, ("m_1", NOON, SAYS))
    assert settle_unknown.run(rt) == 1


def test_nobody_looks_within_the_first_minute(rt: Runtime) -> None:
    after(rt, seconds=59)
    assert rt.sender.looked_up == []


def test_f08_what_is_missing_for_ten_minutes_was_not_delivered(rt: Runtime) -> None:
    shows(rt)
    states = [after(rt, minutes=1).state for _ in range(20)]
    assert states.index(State.FAILED) in range(9, 14)
    assert (ours(rt).failure, listed(rt, Trouble.FAILED)) == (looking.NOT_DELIVERED, [OURS])
    assert len(rt.sender.looked_up) in range(2, 6)


def test_a_look_that_fails_is_repeated_at_growing_intervals_for_a_day(rt: Runtime) -> None:
    for _ in range(60 * 30):
        after(rt, minutes=1)
    assert len(rt.sender.looked_up) in range(8, 25)
    assert (ours(rt).state, ours(rt).failure) == (State.UNKNOWN, looking.NOT_FOUND_OUT)
    assert listed(rt, Trouble.UNKNOWN) == [OURS]
    assert rt.log.counts["unknown_sends_settled"] == 1


def test_an_echo_that_comes_first_leaves_nothing_to_look_for(rt: Runtime) -> None:
    rt.messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id="m_1")
    after(rt, minutes=1)
    assert rt.sender.looked_up == []


def test_two_unknown_sends_of_a_conversation_need_one_look_and_get_an_id_each(rt: Runtime) -> None:
    rt.sender.outcomes = [LOST]
    rt.now.advance(seconds=10)
    send_message.run(outbound(key="hb-second"), rt)
    shows(rt, ("m_1", NOON, SAYS), ("m_2", NOON + timedelta(seconds=10), SAYS))
    after(rt, minutes=2)
    ids = {ours(rt, attempt).platform_message_id for attempt in (OURS, "hb-second")}
    assert (ids, len(rt.sender.looked_up)) == ({"m_1", "m_2"}, 1)


def test_a_message_that_somebody_else_wrote_in_the_same_words_is_not_taken_for_ours(
    rt: Runtime,
) -> None:
    native = builders.message(message_id="m_1", author=Author.PERSON_NATIVE, text=SAYS)
    rt.messages.record(native)
    shows(rt, ("m_1", NOON, SAYS))
    assert after(rt, minutes=1).state is State.UNKNOWN


def test_f08_a_planned_send_whose_worker_died_is_found_by_the_schedule() -> None:
    rt = fakes.runtime(PAGE)
    rt.conversations.save(opened())
    claimed = builders.our_message(message_id=OURS, text=SAYS, tries=1)
    rt.messages.claim(claimed)
    shows(rt, ("m_1", NOON, SAYS))
    assert after(rt, minutes=2).state is State.SENT


def test_whatsapp_shows_no_conversations_so_a_send_stays_unknown_and_is_listed() -> None:
    number = builders.channel(platform="whatsapp")
    rt = fakes.runtime(number)
    known = opened(platform="whatsapp")
    rt.conversations.save(known)
    rt.sender.outcomes = [LOST]
    send_message.run(outbound(platform="whatsapp"), rt)
    rt.now.advance(hours=2)
    assert (settle_unknown.run(rt), rt.sender.looked_up) == (0, [])
    assert listed(rt, Trouble.UNKNOWN) == [OURS]


def test_a_run_looks_a_bounded_number_of_times_and_no_channel_waits_for_another() -> None:
    second = builders.channel(channel_id="2002")
    rt = fakes.runtime(PAGE, second)
    for number in range(60):
        _lose(rt, PAGE.channel_id, f"p{number}")
    _lose(rt, second.channel_id, "lonely")
    rt.now.advance(minutes=1)
    settle_unknown.run(rt)
    lonely = _conversations_api.path("messenger", "2002", "lonely")
    assert len(rt.sender.looked_up) <= settle_unknown.LOOKS
    assert lonely in rt.sender.looked_up[:2]


def _lose(rt: Runtime, channel_id: str, contact_id: str) -> None:
    rt.conversations.save(opened(channel_id=channel_id, contact_id=contact_id))
    rt.sender.outcomes = [LOST]
    send_message.run(
        outbound(key=f"hb-{contact_id}", channel_id=channel_id, contact_id=contact_id), rt
    )


def test_one_send_that_cannot_be_judged_does_not_hold_up_the_others(rt: Runtime) -> None:
    _lose(rt, CHANNEL, "7002")
    broken = {"data": [{"messages": {"data": [{"created_time": NOON.isoformat()}]}}]}
    rt.sender.answers[_conversations_api.path("messenger", CHANNEL, "7002")] = broken
    shows(rt, ("m_1", NOON, SAYS))
    assert after(rt, minutes=1).state is State.SENT


def test_what_was_sent_again_is_not_looked_for(rt: Runtime) -> None:
    rt.messages.mark_resent(CONVERSATION, OURS, "hb-second")
    after(rt, minutes=1)
    assert rt.sender.looked_up == []
