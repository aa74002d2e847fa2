"""F08: a one-time token whose post had no clear answer is posted again, and used once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.looking import UNCONFIRMED
from chalicelib.core.messages import Message, State
from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.platforms._graph_answers import ONE_TIME_TOKEN_SPENT
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, notify, send_due, settle_unknown
from tests import builders, fakes
from tests.builders import CONVERSATION, NOON

TOPIC = NotificationTopic(topic="mug", title="When the mug is back")
DUE = NOON + timedelta(days=2)
LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
SPENT = SendError(ONE_TIME_TOKEN_SPENT, error_class=ErrorClass.POLICY, code=100)
BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)


def page(**facts: Any) -> ChannelSettings:
    settings = {"one_time_notifications": True, "notification_topics": (TOPIC,)}
    return builders.channel(**(settings | facts))


def due(*outcomes: Accepted | Exception, **facts: Any) -> Runtime:
    """A notification by token came due; the platform answered the posts like this."""
    rt = fakes.runtime(page())
    answer_message.run(builders.message_received(text="Hi"), page(), rt)
    rt.opt_ins.record(builders.opt_in(**facts))
    plan(rt, "k")
    rt.sender.posts.clear()
    rt.sender.outcomes = list(outcomes)
    rt.now.at = DUE
    send_due.run(rt)
    return rt


def plan(rt: Runtime, key: str, send_at: datetime | None = DUE) -> Message:
    return notify.schedule(
        conversation_id=CONVERSATION,
        topic="mug",
        text="The mug is back",
        send_at=send_at,
        idempotency_key=key,
        rt=rt,
    )


def later(rt: Runtime, **by: float) -> Message:
    """The minute schedule looks after the unknown sends."""
    rt.now.advance(**by)
    settle_unknown.run(rt)
    return row_of(rt)


def row_of(rt: Runtime) -> Message:
    (row,) = [row for row in rt.messages.history(CONVERSATION) if row.author == "campaign"]
    return row


def tokens(rt: Runtime) -> list[str | None]:
    return [body["recipient"].get("one_time_notif_token") for body in rt.sender.bodies]


def test_f08_a_lost_answer_is_settled_by_posting_the_same_token_again() -> None:
    rt = due(LOST, Accepted("m_2"))
    row = later(rt, minutes=1)
    assert (row.state, row.platform_message_id) == (State.SENT, "m_2")
    assert tokens(rt) == ["token-1", "token-1"]


def test_f08_it_is_the_same_attempt_to_the_platform() -> None:
    rt = due(LOST, Accepted("m_2"))
    later(rt, minutes=1)
    first, second = rt.sender.bodies
    assert first == second


def test_f08_used_on_a_repeat_may_mean_that_it_arrived() -> None:
    rt = due(LOST, SPENT)
    row = later(rt, minutes=1)
    assert (row.state, row.failure) == (State.UNKNOWN, UNCONFIRMED)


@pytest.mark.parametrize(
    "error_class", [ErrorClass.POLICY, ErrorClass.BAD_REQUEST, ErrorClass.RECIPIENT_GONE]
)
def test_f08_so_does_an_answer_that_says_it_is_invalid(error_class: ErrorClass) -> None:
    rt = due(LOST, SendError("no", error_class=error_class))
    assert later(rt, minutes=1).failure == UNCONFIRMED


def test_f08_used_on_the_first_try_means_that_it_was_not_sent() -> None:
    row = row_of(due(SPENT))
    assert (row.state, row.failure) == (State.FAILED, ONE_TIME_TOKEN_SPENT)


def test_f08_used_after_a_try_that_the_platform_could_not_take_may_mean_that_it_arrived() -> None:
    rt = due(BUSY, SPENT)
    rt.now.advance(minutes=10)
    send_due.run(rt)
    assert (row_of(rt).state, row_of(rt).failure) == (State.UNKNOWN, UNCONFIRMED)


def test_f08_what_is_unconfirmed_is_never_posted_again() -> None:
    rt = due(LOST, SPENT)
    later(rt, minutes=1)
    later(rt, days=1)
    assert (len(rt.sender.posts), row_of(rt).failure) == (2, UNCONFIRMED)


def test_f08_an_echo_after_all_proves_it() -> None:
    rt = due(LOST, SPENT)
    row = later(rt, minutes=1)
    rt.messages.settle(CONVERSATION, row.message_id, State.SENT, platform_message_id="m_1")
    assert row_of(rt).state is State.SENT


@pytest.mark.parametrize("error", [BUSY, LOST])
def test_f08_while_the_platform_tells_nothing_it_stays_unknown(error: SendError) -> None:
    rt = due(LOST, error, Accepted("m_3"))
    assert later(rt, minutes=1).state is State.UNKNOWN
    assert later(rt, minutes=5).state is State.SENT


def test_f08_a_worker_that_died_before_its_post_is_made_up_for() -> None:
    rt = due(RuntimeError("killed"))
    assert row_of(rt).state is State.CLAIMED
    assert later(rt, minutes=2).state is State.SENT


def test_f08_nothing_is_posted_again_after_a_stop() -> None:
    rt = due(LOST)
    rt.opt_ins.stop(CONVERSATION, None, rt.now())
    row = later(rt, minutes=1)
    assert (row.state, len(rt.sender.posts)) == (State.UNKNOWN, 1)


def test_f08_nothing_is_posted_again_after_the_consent_has_ended() -> None:
    rt = due(LOST, expires_at=DUE + timedelta(minutes=6))
    assert (later(rt, minutes=2).state, len(rt.sender.posts)) == (State.UNKNOWN, 1)


def test_f08_a_window_message_is_never_posted_again() -> None:
    rt = fakes.runtime(page(one_time_notifications=False))
    answer_message.run(builders.message_received(text="Hi"), page(), rt)
    rt.opt_ins.record(builders.opt_in(token=None))
    rt.sender.posts.clear()
    rt.sender.outcomes = [LOST]
    plan(rt, "k", None)
    later(rt, minutes=1)
    assert (len(rt.sender.posts), row_of(rt).basis) == (1, "standard_window")


def test_f08_no_other_attempt_gets_the_token_of_an_unconfirmed_one() -> None:
    rt = due(LOST, SPENT)
    later(rt, minutes=1)
    assert plan(rt, "another", None).failure == "opt_in_used"


def test_f08_eight_schedules_at_once_leave_one_outcome() -> None:
    rt = due(LOST, Accepted("m_2"), *[SPENT] * 7)
    rt.now.advance(minutes=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: settle_unknown.run(rt), range(8)))
    assert (row_of(rt).state, row_of(rt).platform_message_id) == (State.SENT, "m_2")
    assert set(tokens(rt)) == {"token-1"}
