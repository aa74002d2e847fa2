"""Rows that the release before planned are found, sent, and moved to their channel's place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import State
from chalicelib.ports import Runtime
from chalicelib.storage import Storage, _keys
from chalicelib.storage._models import MessageItem
from chalicelib.storage._times import dated
from chalicelib.usecases import send_due
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON, our_message

PLANNED = our_message(state=State.PLANNED, lease_until=None, due_at=NOON)


@pytest.fixture
def rt(dynamodb: Storage) -> Runtime:
    """A message planned by the release before: in one of four shards of all channels together."""
    dynamodb.messages.plan(PLANNED)
    dynamodb.messages._item(CONVERSATION, PLANNED.message_id).update(
        [
            MessageItem.due_shard.set(_keys.due_shard(CONVERSATION)),
            MessageItem.due_key.set(dated(NOON)),
        ]
    )
    runtime = fakes.runtime(builders.channel(), messages=dynamodb.messages)
    window = {"window_opened_at": NOON, "window_ends_at": NOON + timedelta(hours=24)}
    runtime.conversations.save(builders.conversation(window_opened_by="message", **window))
    return runtime


def test_it_goes_out_in_a_run_that_looks_for_such_rows(rt: Runtime) -> None:
    assert (send_due.run(rt), len(rt.sender.posts)) == (1, 1)


def test_it_is_not_looked_at_before_its_time(rt: Runtime) -> None:
    rt.now.at = NOON - timedelta(seconds=1)
    assert (send_due.run(rt), len(rt.sender.posts)) == (0, 0)


def test_f22_it_goes_out_within_ten_minutes(rt: Runtime) -> None:
    rt.now.at = NOON + timedelta(minutes=1)
    assert live_through(rt, minutes=9) == 0
    assert live_through(rt, minutes=1) == 1


def live_through(rt: Runtime, *, minutes: int) -> int:
    """How many messages go out in so many runs."""
    before = len(rt.sender.posts)
    for _ in range(minutes):
        send_due.run(rt)
        rt.now.advance(minutes=1)
    return len(rt.sender.posts) - before


def test_while_its_channel_waits_it_has_its_place_in_the_channel_s_queue(rt: Runtime) -> None:
    rt.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    send_due.run(rt)
    assert rt.messages.due_of_old(before=NOON, limit=9) == ()
    assert list(rt.messages.due(CHANNEL, before=NOON)) == [(CONVERSATION, PLANNED.message_id)]


def test_a_retry_that_nobody_named_a_channel_for_is_found_too(dynamodb: Storage) -> None:
    dynamodb.messages.claim(our_message())
    dynamodb.messages.settle(CONVERSATION, PLANNED.message_id, State.PLANNED, due_at=NOON)
    found = dynamodb.messages.due_of_old(before=NOON, limit=9)
    assert found == ((CONVERSATION, PLANNED.message_id),)


def test_a_long_queue_is_read_as_far_as_it_is_taken(dynamodb: Storage, connection) -> None:
    rows = [
        our_message(message_id=f"hb-{n:03}", state=State.PLANNED, due_at=NOON) for n in range(60)
    ]
    for row in rows:
        dynamodb.messages.plan(row)
    asked: list[object] = []
    events = connection.client.meta.events
    events.register("before-call.dynamodb.Query", lambda **_: asked.append(1), unique_id=__name__)
    queue = dynamodb.messages.due(CHANNEL, before=NOON)
    assert (next(queue), len(asked)) == ((CONVERSATION, "hb-000"), 1)
    assert (len(list(queue)), len(asked)) == (59, 3)
    events.unregister("before-call.dynamodb.Query", unique_id=__name__)
