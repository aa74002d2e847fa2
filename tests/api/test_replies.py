"""A person's reply over HTTP: what is handed over, and what is refused with which words."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from chalicelib import usecases
from chalicelib.core import decisions
from chalicelib.core.messages import (
    Author,
    CurrencyParameter,
    DateTimeParameter,
    FilledTemplate,
    Media,
    MessageKind,
    Origin,
    State,
    TextParameter,
)
from chalicelib.core.messaging_policy import Question, Refusal, check
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.usecases.errors import InvalidInput, KeyReused, NotFound
from tests import builders
from tests.builders import CONVERSATION, NOON

PATH = f"/v1/conversations/{CONVERSATION}"
PICTURE = {"kind": "image", "url": "https://shop.example/mug.jpg"}
MUG = {"name": "mug_is_back", "language": "en"}
REPLY = {"text": "It is, from Tuesday on.", "author": "Ayse"}


@pytest.fixture
def replies(monkeypatch):
    """The use case behind the reply: keeps what it was asked, answers what it is told."""
    answered = builders.our_message(state=State.SENT, author=Author.PERSON_API)
    use_case = SimpleNamespace(asked=[], outcome=answered)
    use_case.run = lambda **asked: _answer(use_case, asked)
    monkeypatch.setattr(usecases, "reply_as_person", use_case, raising=False)
    return use_case


def _answer(use_case, asked):
    use_case.asked.append({name: value for name, value in asked.items() if name != "rt"})
    if isinstance(use_case.outcome, Exception):
        raise use_case.outcome
    return use_case.outcome


def test_reply_is_handed_over_and_accepted(api, replies):
    answer = api.post(f"{PATH}/messages", REPLY, Idempotency_Key="k-1")
    assert (answer.status, answer.body) == (
        202,
        {"message_id": replies.outcome.message_id, "state": "sent"},
    )
    given = {"conversation_id": CONVERSATION, "idempotency_key": "k-1"} | REPLY
    assert replies.asked == [given | {"attachment": None, "template": None}]


def test_attachment_is_handed_over(api, replies):
    api.post(f"{PATH}/messages", {"attachment": PICTURE, "author": "Ayse"}, Idempotency_Key="k-1")
    assert replies.asked[0]["attachment"] == Media(**PICTURE)


def test_template_is_handed_over_with_its_parameters_of_every_type(api, replies):
    price = {"type": "currency", "code": "EUR", "amount_1000": 12500, "fallback_value": "12.50"}
    day = {"type": "date_time", "fallback_value": "Tuesday"}
    named = {"type": "text", "name": "mug", "text": "blue"}
    template = MUG | {"parameters": ["A-17", price, day, named], "header": PICTURE, "topic": "mug"}
    answer = api.post(
        f"{PATH}/messages", {"template": template, "author": "Ayse"}, Idempotency_Key="k-1"
    )
    assert answer.status == 202
    assert replies.asked[0]["template"] == FilledTemplate(
        **MUG,
        parameters=(
            "A-17",
            CurrencyParameter(code="EUR", amount_1000=12500, fallback_value="12.50"),
            DateTimeParameter(fallback_value="Tuesday"),
            TextParameter(text="blue", name="mug"),
        ),
        header=Media(**PICTURE),
        topic="mug",
    )


def test_reply_that_the_policy_refuses_is_a_conflict_with_its_reason(api, replies):
    replies.outcome = replace(replies.outcome, state=State.REFUSED, failure="window_closed")
    answer = api.post(f"{PATH}/messages", REPLY, Idempotency_Key="k-1")
    assert answer.status == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": REASONS["window_closed"],
        "reason": "window_closed",
    }


def test_a_refused_reply_tells_what_is_allowed_instead_and_until_when(api, replies):
    asked = Question(
        platform="messenger",
        origin=Origin.PERSON,
        kind=MessageKind.TEMPLATE,
        at=NOON,
        window_ends_at=NOON + timedelta(hours=23),
        is_promotional=True,
        template_status="PAUSED",
    )
    refusal = check(asked)
    assert isinstance(refusal, Refusal)
    told = {
        "state": State.REFUSED,
        "failure": refusal.reason,
        "ledger": (decisions.refused(asked, refusal),),
        "author": Author.PERSON_API,
        "kind": MessageKind.TEMPLATE,
    }
    replies.outcome = replace(replies.outcome, **told)
    answer = api.post(f"{PATH}/messages", REPLY, Idempotency_Key="k-1").body
    assert (answer["reason"], answer["instead_basis"]) == (refusal.reason, ["standard_window"])
    assert answer["until"] == "2026-11-22T11:00:00Z"


def test_reply_to_nobody_is_not_found(api, replies):
    replies.outcome = NotFound("conversation")
    assert api.post(f"{PATH}/messages", REPLY, Idempotency_Key="k-1").status == 404


def test_reply_that_the_platform_would_not_take_names_the_text(api, replies):
    replies.outcome = InvalidInput("text", "at most 2000 characters")
    answer = api.post(f"{PATH}/messages", REPLY, Idempotency_Key="k-1")
    assert (answer.status, answer.body["field"]) == (400, "text")
    assert answer.body["detail"] == "text: expected at most 2000 characters"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": " ", "author": "Ayse"}, "text"),
        ({"text": "x" * 5001, "author": "Ayse"}, "text"),
        ({"text": ["x"], "author": "Ayse"}, "text"),
        ({"text": "hi"}, "author"),
        ({"text": "hi", "author": "x" * 101}, "author"),
        ({"text": "hi", "author": "Ayse", "tag": "HUMAN_AGENT"}, "tag"),
        ({"attachment": "cat.jpg", "author": "Ayse"}, "attachment"),
        ({"attachment": {"url": "https://a.example"}, "author": "Ayse"}, "attachment.kind"),
        ({"attachment": PICTURE | {"caption": "x"}, "author": "Ayse"}, "attachment.caption"),
        ({"template": {"name": "mug"}, "author": "Ayse"}, "template.language"),
        ({"template": MUG | {"parameters": [5]}, "author": "Ayse"}, "template.parameters[0]"),
        (
            {"template": MUG | {"parameters": [{"type": "image"}]}, "author": "Ayse"},
            "template.parameters[0].type",
        ),
        (
            {"template": MUG | {"parameters": [{"type": "text", "x": 1}]}, "author": "Ayse"},
            "template.parameters[0].text",
        ),
        ([], "body"),
        ("hi", "body"),
    ],
)
def test_reply_refuses_a_wrong_field_by_its_name(api, replies, body, field):
    answer = api.post(f"{PATH}/messages", body, Idempotency_Key="k-1")
    assert (answer.status, answer.body["field"]) == (400, field)
    assert replies.asked == []


def test_reply_without_idempotency_key_is_refused(api, replies):
    answer = api.post(f"{PATH}/messages", REPLY)
    assert (answer.status, answer.body["field"]) == (400, "Idempotency-Key")


def test_another_message_under_the_same_key_is_refused(api, replies):
    replies.outcome = KeyReused("key_reused", "Another message already.")
    answer = api.post(f"{PATH}/messages", REPLY, Idempotency_Key="k-1")
    assert (answer.status, answer.body["reason"]) == (422, "key_reused")
