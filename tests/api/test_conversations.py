"""Conversations over HTTP: lists, one of them, its messages, a person's reply."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from chalicelib import usecases
from chalicelib.core import decisions
from chalicelib.core.conversation import Profile
from chalicelib.core.events import Attachment, Referral
from chalicelib.core.messages import (
    Author,
    CurrencyParameter,
    DateTimeParameter,
    FilledTemplate,
    Media,
    MessageKind,
    Origin,
    State,
    Status,
    TextParameter,
)
from chalicelib.core.messaging_policy import Question, Refusal, check
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.usecases.errors import InvalidInput, KeyReused, NotFound
from tests import builders
from tests.builders import CHANNEL, CONVERSATION, NOON, at

PATH = f"/v1/conversations/{CONVERSATION}"
PICTURE = {"kind": "image", "url": "https://shop.example/mug.jpg"}
MUG = {"name": "mug_is_back", "language": "en"}
REPLY = {"text": "It is, from Tuesday on.", "author": "Ayse"}


@pytest.fixture
def known(rt):
    """A conversation that the tests' other rows belong to."""
    rt.conversations.save(builders.conversation(first_contact_at=NOON, last_customer_at=NOON))


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


def store(rt, contact_id: str, **facts) -> str:
    row = builders.conversation(contact_id=contact_id, **facts)
    rt.conversations.save(row)
    return row.conversation_id


def ids_of(answer) -> list[str]:
    return [item["id"] for item in answer.body["items"]]


def test_conversation_is_shown_with_all_that_is_known(api, rt):
    rt.conversations.save(
        builders.conversation(
            first_contact_at=at("09:00"),
            last_customer_at=at("11:00"),
            last_person_at=at("10:00"),
            last_automated_at=at("09:00:01"),
            wait_opened_at=at("11:00"),
            window_opened_at=at("11:00"),
            window_opened_by="message",
            window_ends_at=at("11:00", day="2026-11-22"),
        )
    )
    rt.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON, name="Ada Lovelace"))
    rt.conversations.save_referral(CONVERSATION, Referral(source="ADS", ad_id="7"), at("09:00"))
    rt.conversations.save_referral(CONVERSATION, Referral(ref="mug"), at("11:00"))
    assert api.get(PATH).body == {
        "id": CONVERSATION,
        "channel_id": CHANNEL,
        "platform": "messenger",
        "contact": {"id": builders.CONTACT, "name": "Ada Lovelace", "aliases": []},
        "first_contact_at": "2026-11-21T09:00:00Z",
        "window": {
            "open": True,
            "opened_by": "message",
            "opened_at": "2026-11-21T11:00:00Z",
            "ends_at": "2026-11-22T11:00:00Z",
        },
        "waiting_since": "2026-11-21T11:00:00Z",
        "last_customer_message_at": "2026-11-21T11:00:00Z",
        "last_human_reply_at": "2026-11-21T10:00:00Z",
        "last_automated_reply_at": "2026-11-21T09:00:01Z",
        "referral": {
            "first": {
                "at": "2026-11-21T09:00:00Z",
                "source": "ADS",
                "ref": None,
                "ad_id": "7",
                "click_id": None,
                "facts": None,
            },
            "latest": {
                "at": "2026-11-21T11:00:00Z",
                "source": None,
                "ref": "mug",
                "ad_id": None,
                "click_id": None,
                "facts": None,
            },
        },
        "handling": {
            "needs_person_since": None,
            "why": None,
            "automation_rests": False,
            "automation_rests_until": None,
            "assigned_to": None,
            "tags": [],
            "is_closed": False,
            "closed_at": None,
            "closed_by": None,
            "feedback": None,
            "feedback_at": None,
        },
        "closing": None,
    }


@pytest.mark.parametrize(
    ("ends_at", "is_open"), [(NOON + timedelta(seconds=1), True), (NOON, False), (None, False)]
)
def test_window_is_open_until_it_ends(api, rt, ends_at, is_open):
    rt.conversations.save(builders.conversation(window_ends_at=ends_at))
    assert api.get(PATH).body["window"]["open"] is is_open


def test_contact_without_profile_and_referral_has_neither(api, known):
    body = api.get(PATH).body
    assert body["contact"]["name"] is None
    assert body["referral"] == {"first": None, "latest": None}


def test_waiting_customers_come_longest_first(api, rt):
    late = store(rt, "late", wait_opened_at=at("11:30"))
    early = store(rt, "early", wait_opened_at=at("08:15"))
    store(rt, "answered", last_person_at=at("11:00"))
    answer = api.get(f"/v1/conversations?channel_id={CHANNEL}&order=waiting")
    assert ids_of(answer) == [early, late]


def test_newest_conversations_come_first_unless_asked_otherwise(api, rt):
    early = store(rt, "early", last_customer_at=at("08:15"))
    late = store(rt, "late", last_customer_at=at("11:30"))
    assert ids_of(api.get(f"/v1/conversations?channel_id={CHANNEL}")) == [late, early]


def test_cursor_leads_to_the_next_page_and_ends(api, rt):
    early = store(rt, "early", last_customer_at=at("08:15"))
    store(rt, "late", last_customer_at=at("11:30"))
    cursor = api.get(f"/v1/conversations?channel_id={CHANNEL}&limit=1").body["next_cursor"]
    last = api.get(f"/v1/conversations?channel_id={CHANNEL}&limit=1&cursor={cursor}")
    assert (ids_of(last), last.body["next_cursor"]) == ([early], None)


def test_conversations_of_a_channel_that_is_not_connected_are_not_found(api):
    assert api.get("/v1/conversations?channel_id=999").status == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "channel_id"),
        ("channel_id=", "channel_id"),
        (f"channel_id={CHANNEL}&order=oldest", "order"),
        (f"channel_id={CHANNEL}&limit=0", "limit"),
        (f"channel_id={CHANNEL}&limit=101", "limit"),
        (f"channel_id={CHANNEL}&cursor=%20", "cursor"),
        (f"channel_id={CHANNEL}&cursor=nonsense", "cursor"),
        (f"channel_id={CHANNEL}&page=2", "page"),
    ],
)
def test_list_refuses_a_wrong_parameter_by_its_name(api, query, field):
    answer = api.get(f"/v1/conversations?{query}")
    assert (answer.status, answer.body["field"]) == (400, field)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_customers_message_is_shown(api, rt, known):
    image = Attachment(kind="image", url="https://cdn.example/1.jpg", media_id="5")
    rt.messages.record(builders.message(attachments=(image,), customer_reaction=None))
    assert api.get(f"{PATH}/messages").body["items"] == [
        {
            "id": "mid.customer",
            "platform_message_id": "mid.customer",
            "direction": "in",
            "kind": "text",
            "author": "customer",
            "author_name": None,
            "text": "Is the blue mug back?",
            "attachments": [
                {
                    "kind": "image",
                    "url": "https://cdn.example/1.jpg",
                    "media_id": "5",
                    "title": None,
                    "facts": None,
                }
            ],
            "template": None,
            "reply_to": None,
            "state": "received",
            "reason": None,
            "statuses": {},
            "reactions": {"customer": None, "business": None},
            "at": "2026-11-21T12:00:00Z",
            "due_at": None,
            "edited_at": None,
            "deleted_at": None,
            "automation": None,
            "basis": None,
            "resend_of": None,
            "resent_as": None,
            "decision": None,
        }
    ]


def test_message_of_ours_shows_who_wrote_it_and_what_became_of_it(api, rt, known):
    ours = builders.our_message(
        author=Author.PERSON_API, author_name="Ayse", automation=None, occurred_at=NOON
    )
    rt.messages.claim(ours)
    rt.messages.settle(CONVERSATION, ours.message_id, State.SENT, platform_message_id="mid.1")
    rt.messages.status(CONVERSATION, "mid.1", Status.READ, at("12:05"))
    shown = api.get(f"{PATH}/messages").body["items"][0]
    assert (shown["direction"], shown["author"], shown["author_name"]) == (
        "out",
        "person_api",
        "Ayse",
    )
    assert (shown["id"], shown["platform_message_id"]) == (ours.message_id, "mid.1")
    assert (shown["state"], shown["basis"]) == ("sent", "standard_window")
    assert shown["statuses"] == {"read": "2026-11-21T12:05:00Z"}


def test_claim_whose_lease_ran_out_is_shown_as_unknown(api, rt, known):
    rt.messages.claim(builders.our_message(occurred_at=at("11:00"), lease_until=at("11:01")))
    assert api.get(f"{PATH}/messages").body["items"][0]["state"] == "unknown"


def test_visit_through_a_link_came_in(api, rt, known):
    rt.messages.record(builders.message(author=Author.CUSTOMER_VISIT, text=None))
    assert api.get(f"{PATH}/messages").body["items"][0]["direction"] == "in"


def test_unsent_message_shows_no_content(api, rt, known):
    rt.messages.record(builders.message(attachments=(Attachment(kind="image", url="u"),)))
    rt.messages.delete(CONVERSATION, "mid.customer", at("12:05"))
    shown = api.get(f"{PATH}/messages").body["items"][0]
    assert (shown["text"], shown["attachments"]) == (None, [])
    assert shown["deleted_at"] == "2026-11-21T12:05:00Z"


def test_content_that_a_store_forgot_to_remove_is_not_shown(api, rt, known, monkeypatch):
    leaked = builders.message(deleted_at=NOON, attachments=(Attachment(kind="image"),))
    monkeypatch.setattr(rt.messages, "history", lambda conversation_id: (leaked,))
    shown = api.get(f"{PATH}/messages").body["items"][0]
    assert (shown["text"], shown["attachments"]) == (None, [])


def test_watermarks_say_what_was_delivered_and_read(api, rt, known):
    rt.messages.record(builders.message(message_id="mid.p", author=Author.PERSON_NATIVE))
    rt.conversations.see(CONVERSATION, delivered_until=at("12:01"), read_until=at("11:59"))
    statuses = api.get(f"{PATH}/messages").body["items"][0]["statuses"]
    assert statuses == {"delivered": "2026-11-21T12:01:00Z"}


def test_watermark_does_not_replace_a_status_with_a_date_of_its_own(api, rt, known):
    rt.messages.record(builders.message(message_id="mid.p", author=Author.PERSON_NATIVE))
    rt.messages.status(CONVERSATION, "mid.p", Status.READ, at("12:00:05"))
    rt.conversations.see(CONVERSATION, read_until=at("12:09"))
    statuses = api.get(f"{PATH}/messages").body["items"][0]["statuses"]
    assert statuses == {"read": "2026-11-21T12:00:05Z"}


def test_watermark_says_nothing_of_the_customers_own_messages(api, rt, known):
    rt.messages.record(builders.message())
    rt.conversations.see(CONVERSATION, delivered_until=at("12:01"), read_until=at("12:01"))
    assert api.get(f"{PATH}/messages").body["items"][0]["statuses"] == {}


def test_watermark_says_nothing_of_a_message_that_was_refused(api, rt, known):
    rt.messages.refuse(builders.our_message(state=State.REFUSED, failure="window_closed"))
    rt.conversations.see(CONVERSATION, read_until=at("12:01"))
    assert api.get(f"{PATH}/messages").body["items"][0]["statuses"] == {}


def test_messages_come_oldest_first_page_by_page(api, rt, known):
    rt.messages.record(builders.message(message_id="mid.2", occurred_at=at("12:02")))
    rt.messages.record(builders.message(message_id="mid.1", occurred_at=at("12:01")))
    rt.messages.record(builders.message(message_id="mid.3", occurred_at=at("12:02")))
    first = api.get(f"{PATH}/messages?limit=2")
    last = api.get(f"{PATH}/messages?limit=2&cursor={first.body['next_cursor']}")
    assert (ids_of(first), ids_of(last)) == (["mid.1", "mid.2"], ["mid.3"])
    assert last.body["next_cursor"] is None


@pytest.mark.parametrize(
    "cursor", ["nonsense", "e30", "WzEsMl0", "WyIyMDI2LTExLTIxVDEyOjAwIiwiYSJd"]
)
def test_messages_refuse_a_cursor_that_is_none_of_ours(api, known, cursor):
    answer = api.get(f"{PATH}/messages?cursor={cursor}")
    assert (answer.status, answer.body["field"]) == (400, "cursor")


def test_messages_of_an_unknown_conversation_are_not_found(api):
    assert api.get(f"{PATH}/messages").status == 404


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


def test_attachment_of_ours_is_shown(api, rt, known):
    file = Attachment(kind="file", url="https://shop.example/prices.pdf", title="Prices.pdf")
    rt.messages.claim(builders.our_message(text=None, attachments=(file,)))
    [shown] = api.get(f"{PATH}/messages").body["items"][0]["attachments"]
    assert (shown["kind"], shown["url"], shown["title"]) == ("file", file.url, "Prices.pdf")


def test_template_of_ours_is_shown_by_name_and_language(api, rt, known):
    request = {"template": {"name": "mug_is_back", "language": {"code": "en"}}}
    rt.messages.claim(builders.our_message(kind=MessageKind.TEMPLATE, text=None, request=request))
    shown = api.get(f"{PATH}/messages").body["items"][0]
    assert shown["template"] == MUG


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


def test_in_the_order_closing_soon_each_tells_what_is_still_allowed(api, rt):
    ends = NOON + timedelta(hours=3)
    rt.conversations.save(
        builders.conversation(
            last_customer_at=NOON, window_opened_at=NOON - timedelta(hours=21), window_ends_at=ends
        )
    )
    (item,) = api.get(f"/v1/conversations?channel_id={CHANNEL}&order=closing_soon").body["items"]
    assert item["closing"] == {"allowed": "reply", "until": "2026-11-21T15:00:00Z", "price": None}


def test_in_other_orders_nothing_is_told_of_it(api, rt):
    rt.conversations.save(builders.conversation(last_customer_at=NOON))
    (item,) = api.get(f"/v1/conversations?channel_id={CHANNEL}").body["items"]
    assert item["closing"] is None
