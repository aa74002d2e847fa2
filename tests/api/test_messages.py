"""The messages of a conversation over HTTP: what is shown of each, page by page."""

from __future__ import annotations

import pytest

from chalicelib.core.events import Attachment
from chalicelib.core.messages import Author, MessageKind, State, Status
from tests import builders
from tests.builders import CONVERSATION, NOON, at

PATH = f"/v1/conversations/{CONVERSATION}"
MUG = {"name": "mug_is_back", "language": "en"}


def ids_of(answer) -> list[str]:
    return [item["id"] for item in answer.body["items"]]


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
