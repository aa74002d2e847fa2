"""The decision ledger over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import Origin
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.usecases import resend_message, send_due, send_message
from tests import builders
from tests.builders import CHANNEL, CONVERSATION, NOON

OF_DAY = f"/v1/decisions?channel_id={CHANNEL}&from=2026-11-21T00:00:00Z&to=2026-11-23T00:00:00Z"
OWN = f"/v1/conversations/{CONVERSATION}/decisions"


@pytest.fixture(autouse=True)
def world(rt):
    """A channel, and a conversation whose window is open for a day."""
    rt.channels.save(builders.channel(version=1))
    ends = NOON + timedelta(hours=24)
    rt.conversations.save(builders.conversation(window_opened_at=NOON, window_ends_at=ends))


def test_a_send_tells_its_rule_its_inputs_and_the_platforms_answer(api, rt):
    send_message.run(builders.outbound(), rt)
    (item,) = api.get(OWN).body["items"]
    (attempt,) = item["attempts"]
    assert (item["author"], item["author_name"], item["state"]) == ("person_api", "Ayse", "sent")
    assert (attempt["verdict"], attempt["answer"], attempt["error"]) == (
        "permitted",
        "accepted",
        None,
    )
    assert attempt["inputs"]["window_ends_at"] == "2026-11-22T12:00:00Z"


def test_a_refusal_tells_its_reason_and_that_nothing_was_answered(api, rt):
    rt.now.advance(hours=30)
    send_message.run(builders.outbound(origin=Origin.AUTOMATION), rt)
    (item,) = api.get(OF_DAY).body["items"]
    (attempt,) = item["attempts"]
    assert (item["state"], attempt["verdict"], attempt["reason"], attempt["answer"]) == (
        "refused",
        "refused",
        "window_closed",
        None,
    )
    assert attempt["inputs"]["margin"] == 300


def test_every_retry_is_an_attempt_of_its_own(api, rt):
    rt.sender.outcomes = [SendError("retry_2", error_class=ErrorClass.RETRY, trace="AbC1")]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(minutes=1)
    send_due.run(rt)
    (item,) = api.get(OWN).body["items"]
    told = [(each["answer"], each["error"], each["trace"]) for each in item["attempts"]]
    assert told == [("tried_again_later", "retry_2", "AbC1"), ("accepted", None, None)]


def test_a_resend_that_was_refused_is_told_by_the_send_that_stays(api, rt):
    rt.sender.outcomes = [SendError("policy_368", error_class=ErrorClass.POLICY)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(days=9)
    resend_message.run(
        conversation_id=CONVERSATION,
        message_id=builders.outbound().key,
        idempotency_key="k",
        is_confirmed=False,
        rt=rt,
    )
    (item,) = api.get(OWN).body["items"]
    assert [each["verdict"] for each in item["attempts"]] == ["permitted", "refused"]


def test_a_message_shows_its_decision_and_what_others_wrote_has_none(api, rt):
    rt.messages.record(builders.message())
    rt.now.advance(minutes=1)
    send_message.run(builders.outbound(), rt)
    items = api.get(f"/v1/conversations/{CONVERSATION}/messages").body["items"]
    assert [item["decision"] and item["decision"]["state"] for item in items] == [None, "sent"]


def test_a_channel_is_read_page_by_page(api, rt):
    for name in ("one", "two", "three"):
        send_message.run(builders.outbound(key=name), rt)
        rt.now.advance(hours=14)
    first = api.get(f"{OF_DAY}&limit=2").body
    second = api.get(f"{OF_DAY}&limit=2&cursor={first['next_cursor']}").body
    ids = [item["message_id"] for page in (first, second) for item in page["items"]]
    assert (ids, second["next_cursor"]) == (["one", "two", "three"], None)


def test_decisions_end_before_the_end_that_is_asked_for(api, rt):
    send_message.run(builders.outbound(), rt)
    path = f"/v1/decisions?channel_id={CHANNEL}&from=2026-11-21T00:00:00Z&to=2026-11-21T12:00:00Z"
    assert api.get(path).body["items"] == []


@pytest.mark.parametrize("until", ["2026-11-21T00:00:00Z", "2027-02-01T00:00:00Z"])
def test_a_time_that_is_empty_or_too_long_is_refused_by_its_name(api, until):
    path = f"/v1/decisions?channel_id={CHANNEL}&from=2026-11-21T00:00:00Z&to={until}"
    answer = api.get(path)
    assert (answer.status, answer.body["field"]) == (400, "to")


def test_a_made_up_cursor_is_refused(api):
    answer = api.get(f"{OF_DAY}&cursor=abc")
    assert (answer.status, answer.body["field"]) == (400, "cursor")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_f20_what_was_sent_before_the_zone_changed_is_listed(api, rt, zone):
    rt.channels.save(builders.channel(version=2, time_zone=zone))
    send_message.run(builders.outbound(), rt)
    rt.channels.save(builders.channel(version=3, time_zone="UTC"))
    path = f"/v1/decisions?channel_id={CHANNEL}&from=2026-11-21T11:00:00Z&to=2026-11-21T13:00:00Z"
    assert [each["state"] for each in api.get(path).body["items"]] == ["sent"]


def test_over_many_days_each_is_listed_once_in_the_order_of_time(api, rt):
    for number in range(4):
        send_message.run(builders.outbound(key=f"k-{number}"), rt)
        rt.now.advance(hours=12)
    path = f"/v1/decisions?channel_id={CHANNEL}&from=2026-11-21T12:00:00Z&to=2026-12-01T00:00:00Z"
    times = [each["at"] for each in api.get(path).body["items"]]
    assert (len(times), times) == (4, sorted(times))
