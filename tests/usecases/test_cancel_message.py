"""A message that is planned is cancelled: nothing goes out, and what the customer agreed to is good
for another one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import decisions
from chalicelib.core.messages import Message, State
from chalicelib.core.opt_in_stage import Stage
from chalicelib.ports import Runtime
from chalicelib.usecases import cancel_message, list_sends, notify, preferences, send_due
from chalicelib.usecases.errors import Conflict, NotFound
from chalicelib.usecases.list_sends import Trouble
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def rt() -> Runtime:
    """A contact agreed to be told about the mug."""
    runtime = fakes.runtime(builders.channel(one_time_notifications=True))
    runtime.conversations.save(builders.conversation())
    runtime.opt_ins.record(builders.opt_in(conversation_id=CONVERSATION, token="token-1"))
    return runtime


def planned(rt: Runtime, key: str = "k", **facts: Any) -> Message:
    named = {"conversation_id": CONVERSATION, "topic": "mug", "text": "It is back"}
    return notify.schedule(**(named | {"send_at": TOMORROW} | facts), idempotency_key=key, rt=rt)


def due(rt: Runtime) -> int:
    """How many posts there are a minute after the time."""
    rt.now.at = TOMORROW + timedelta(minutes=1)
    send_due.run(rt)
    return len(rt.sender.posts)


def cancelled(rt: Runtime, message_id: str) -> Message:
    return cancel_message.run(CONVERSATION, message_id, rt)


def test_nothing_goes_out_and_the_row_says_why(rt: Runtime) -> None:
    row = cancelled(rt, planned(rt).message_id)
    assert (row.state, row.failure, row.due_at) == (State.REFUSED, "cancelled", None)
    assert due(rt) == 0


def test_the_decision_is_dated_by_itself_not_by_the_time_it_was_planned_for(rt: Runtime) -> None:
    row = cancelled(rt, planned(rt).message_id)
    (entry,) = map(decisions.read, row.ledger)
    assert entry.at == row.occurred_at == NOON
    assert entry.verdict is not None
    assert entry.verdict.n == "cancelled"


def test_the_consent_is_good_for_another_message(rt: Runtime) -> None:
    cancelled(rt, planned(rt).message_id)
    (shown,) = preferences.read(CONVERSATION, rt).opt_ins
    assert shown.stage is Stage.ISSUED
    planned(rt, "another", text="Tomorrow at nine")
    assert due(rt) == 1


def test_repeated_it_answers_the_same_and_it_is_on_no_list_of_failures(rt: Runtime) -> None:
    row = planned(rt)
    assert cancelled(rt, row.message_id) == cancelled(rt, row.message_id)
    assert not list_sends.run(CHANNEL, Trouble.FAILED, cursor=None, limit=9, rt=rt).items


def test_the_key_that_planned_it_plans_it_not_again(rt: Runtime) -> None:
    cancelled(rt, planned(rt).message_id)
    assert planned(rt).failure == "cancelled"


def test_what_was_sent_is_not_cancelled(rt: Runtime) -> None:
    row = planned(rt)
    assert due(rt) == 1
    with pytest.raises(Conflict, match="this is sent") as caught:
        cancelled(rt, row.message_id)
    assert caught.value.reason == "not_planned"


def test_a_worker_that_was_quicker_wins(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    row = planned(rt)
    stored = rt.messages.refuse

    def too_late(message: Message) -> Message:
        due(rt)
        return stored(message)

    monkeypatch.setattr(rt.messages, "refuse", too_late)
    with pytest.raises(Conflict):
        cancelled(rt, row.message_id)
    assert len(rt.sender.posts) == 1
    assert "message_refused" not in rt.log.events


@pytest.mark.parametrize("conversation_id", [CONVERSATION, "nobody"])
def test_nobody_cancels_what_is_not_there(rt: Runtime, conversation_id: str) -> None:
    with pytest.raises(NotFound):
        cancel_message.run(conversation_id, "no-such-message", rt)


def test_nor_what_the_customer_wrote(rt: Runtime) -> None:
    rt.messages.record(builders.message())
    with pytest.raises(NotFound):
        cancelled(rt, builders.message().message_id)
