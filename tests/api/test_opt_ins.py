"""Consents and stops over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.channel import NotificationTopic
from chalicelib.core.messages import State
from tests import builders
from tests.builders import CONVERSATION, NOON

PATH = f"/v1/conversations/{CONVERSATION}/opt-ins"
FORM = {"topic": "mug", "how": "form", "reference": "form-2231"}


@pytest.fixture
def shop(rt):
    """A customer of a channel with one topic."""
    topic = NotificationTopic(topic="mug", title="When the mug is back")
    before = rt.channels.load(builders.CHANNEL)
    version = before.version + 1 if before else 1
    assert rt.channels.save(builders.channel(notification_topics=(topic,), version=version))
    rt.conversations.save(builders.conversation())
    return rt


def record(api, **facts):
    return api.post(PATH, FORM | facts, Idempotency_Key="k-1")


def only_opt_in(answer):
    (opt_in,) = answer.body["opt_ins"]
    return opt_in


def test_nobody_told_anything(api, shop):
    answer = api.get(PATH)
    assert (answer.status, answer.body) == (200, {"opt_ins": [], "stops": []})


def test_a_recorded_consent_is_shown_with_its_evidence(api, shop):
    answer = record(api, given_at="2026-11-20T13:00:00+01:00")
    assert answer.status == 201
    assert only_opt_in(answer) | {"opt_in_id": ""} == {
        "opt_in_id": "",
        "topic": "mug",
        "title": None,
        "how": "form",
        "evidence": "form-2231",
        "opted_in_at": "2026-11-20T12:00:00Z",
        "expires_at": "2027-11-20T12:00:00Z",
        "has_token": False,
        "stage": "issued",
        "message_id": None,
        "failure": None,
        "stopped_at": None,
    }


def test_recorded_again_under_its_key_it_is_one(api, shop):
    record(api)
    assert len(record(api).body["opt_ins"]) == 1


def test_another_consent_under_the_same_key_is_refused(api, shop):
    record(api)
    answer = record(api, topic="marketing_messages")
    assert (answer.status, answer.body["reason"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": "teapot"}, "topic"),
        ({"how": "token"}, "how"),
        ({"how": None}, "how"),
        ({"given_at": "2026-11-21T12:00:01Z"}, "given_at"),
        ({"given_at": "2025-11-21T12:00:00Z"}, "given_at"),
        ({"reference": "she said yes on the phone"}, "reference"),
        ({"words": "yes"}, "words"),
    ],
)
def test_wrong_field_is_refused_by_its_name(api, shop, change, field):
    answer = record(api, **change)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert shop.opt_ins.of_conversation(CONVERSATION) == ()


def test_the_token_itself_is_never_shown(api, shop):
    shop.opt_ins.record(builders.opt_in(token="secret-token"))
    answer = api.get(PATH)
    assert only_opt_in(answer)["has_token"] is True
    assert "secret-token" not in str(answer.body)


@pytest.mark.parametrize(
    ("state", "failure", "stage"),
    [
        (State.PLANNED, None, "claimed"),
        (State.SENT, None, "sent"),
        (State.FAILED, "not_delivered", "failed"),
        (State.UNKNOWN, "ambiguous_no_answer", "unknown"),
        (State.UNKNOWN, "unconfirmed", "unconfirmed"),
    ],
)
def test_a_used_consent_tells_what_its_message_came_to(api, shop, state, failure, stage):
    row = builders.our_message(author="campaign")
    shop.opt_ins.record(builders.opt_in())
    shop.opt_ins.claim(builders.opt_in(), row.message_id, NOON)
    shop.messages.claim(row)
    shop.messages.settle(CONVERSATION, row.message_id, state, failure=failure)
    shown = only_opt_in(api.get(PATH))
    assert (shown["stage"], shown["message_id"]) == (stage, row.message_id)


def test_a_consent_whose_message_is_not_there_is_claimed(api, shop):
    shop.opt_ins.record(builders.opt_in())
    shop.opt_ins.claim(builders.opt_in(), "hb-1", NOON)
    assert only_opt_in(api.get(PATH))["stage"] == "claimed"


def test_an_old_consent_has_expired(api, shop):
    shop.opt_ins.record(builders.opt_in(expires_at=NOON - timedelta(days=1)))
    assert only_opt_in(api.get(PATH))["stage"] == "expired"


def test_a_stop_of_everything_is_kept_with_the_key_that_told_it(api, shop):
    record(api, given_at="2026-11-20T12:00:00Z")
    answer = api.call("DELETE", PATH)
    (stop,) = answer.body["stops"]
    assert (answer.status, stop["topic"], stop["is_on"], stop["how"]) == (200, None, True, "api")
    assert (stop["evidence"], only_opt_in(answer)["stage"]) == ("key-1", "stopped")


def test_one_topic_is_stopped_by_its_name(api, shop):
    shop.opt_ins.record(builders.opt_in(topic="cup"))
    answer = api.call("DELETE", f"{PATH}?topic=mug")
    assert ([stop["topic"] for stop in answer.body["stops"]]) == ["mug"]
    assert only_opt_in(answer)["stage"] == "issued"


def test_a_topic_that_nobody_knows_is_a_slip_and_stops_nothing(api, shop):
    answer = api.call("DELETE", f"{PATH}?topic=Mug")
    assert (answer.status, answer.body["field"]) == (400, "topic")
    assert api.get(PATH).body["stops"] == []


@pytest.mark.parametrize("topic", ["cup", "marketing_messages"])
def test_what_the_contact_agreed_to_or_marketing_may_be_stopped(api, shop, topic):
    shop.opt_ins.record(builders.opt_in(topic="cup"))
    answer = api.call("DELETE", f"{PATH}?topic={topic}")
    assert [stop["topic"] for stop in answer.body["stops"]] == [topic]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_conversation_is_not_there(api, rt, method):
    assert api.call(method, PATH).status == 404
