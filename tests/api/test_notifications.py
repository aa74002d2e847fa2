"""One-time notifications over HTTP."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from chalicelib import usecases
from chalicelib.core.messages import Button, State
from chalicelib.core.messaging_policy.reasons import REASONS
from tests import builders
from tests.builders import CONVERSATION, NOON

ASK = f"/v1/conversations/{CONVERSATION}/notification-requests"
SCHEDULE = f"/v1/conversations/{CONVERSATION}/notifications"
NOTICE = {"topic": "mug", "text": "The blue mug is back."}


@pytest.fixture
def notify(monkeypatch):
    """The use case: keeps what it was asked, answers what it is told."""
    planned = builders.our_message(state=State.PLANNED, lease_until=None)
    use_case = SimpleNamespace(asked=[], outcome=planned)
    use_case.request = lambda **asked: _answer(use_case, "request", asked)
    use_case.schedule = lambda **asked: _answer(use_case, "schedule", asked)
    monkeypatch.setattr(usecases, "notify", use_case, raising=False)
    return use_case


def _answer(use_case, name, asked):
    use_case.asked.append((name, {key: value for key, value in asked.items() if key != "rt"}))
    return use_case.outcome


def test_request_for_permission_is_handed_over(api, notify):
    answer = api.post(ASK, {"topic": "mug"}, Idempotency_Key="k-1")
    expected = {"conversation_id": CONVERSATION, "topic": "mug", "idempotency_key": "k-1"}
    assert (answer.status, answer.body["state"]) == (202, "planned")
    assert notify.asked == [("request", expected)]


@pytest.mark.parametrize(
    ("send_at", "expected"),
    [
        ("2026-11-24T09:00:00+01:00", NOON + timedelta(days=2, hours=20)),
        ("2026-11-20T12:00:00Z", None),  # past: at once
        ("2027-11-22T12:00:00Z", NOON + timedelta(days=366)),
        (None, None),
    ],
)
def test_notification_is_handed_over_with_its_time(api, notify, send_at, expected):
    answer = api.post(SCHEDULE, NOTICE | {"send_at": send_at}, Idempotency_Key="k-1")
    asked = {"conversation_id": CONVERSATION, "send_at": expected, "idempotency_key": "k-1"}
    asked["button"] = None
    assert (answer.status, answer.body["message_id"]) == (202, notify.outcome.message_id)
    assert notify.asked == [("schedule", NOTICE | asked)]


def test_a_button_is_handed_over(api, notify):
    button = {"title": "Keep one", "payload": "question:mug"}
    api.post(SCHEDULE, NOTICE | {"button": button}, Idempotency_Key="k-1")
    assert notify.asked[0][1]["button"] == Button(**button)


def test_a_key_whose_message_was_cancelled_says_so(api, notify):
    notify.outcome = replace(notify.outcome, state=State.REFUSED, failure="cancelled")
    answer = api.post(SCHEDULE, NOTICE, Idempotency_Key="k-1")
    assert (answer.status, answer.body["reason"]) == (409, "cancelled")
    assert answer.body["detail"] == "A person cancelled it before its time came."


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_refusal_is_a_conflict_that_explains_itself(api, notify, reason):
    notify.outcome = replace(notify.outcome, state=State.REFUSED, failure=reason)
    answer = api.post(SCHEDULE, NOTICE, Idempotency_Key="k-1")
    assert (answer.status, answer.body["reason"], answer.body["detail"]) == (
        409,
        reason,
        REASONS[reason],
    )


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (ASK, {}, "topic"),
        (ASK, {"topic": "x" * 65}, "topic"),
        (ASK, {"topic": "mug", "text": "hi"}, "text"),
        (SCHEDULE, {"text": "hi"}, "topic"),
        (SCHEDULE, {"topic": "mug"}, "text"),
        (SCHEDULE, NOTICE | {"send_at": "2026-11-24T09:00:00"}, "send_at"),
        (SCHEDULE, NOTICE | {"send_at": "2027-11-22T12:00:01Z"}, "send_at"),
        (SCHEDULE, NOTICE | {"when": "now"}, "when"),
        (SCHEDULE, NOTICE | {"button": {"title": "x" * 21}}, "button.title"),
    ],
)
def test_wrong_field_is_refused_by_its_name(api, notify, path, body, field):
    answer = api.post(path, body, Idempotency_Key="k-1")
    assert (answer.status, answer.body["field"]) == (400, field)
    assert notify.asked == []


@pytest.mark.parametrize(("path", "body"), [(ASK, {"topic": "mug"}), (SCHEDULE, NOTICE)])
def test_idempotency_key_is_required(api, notify, path, body):
    answer = api.post(path, body)
    assert (answer.status, answer.body["field"]) == (400, "Idempotency-Key")
