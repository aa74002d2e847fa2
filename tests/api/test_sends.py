"""Sends that went wrong over HTTP: the list, and sending again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.access import Role
from chalicelib.core.messages import Author, Listing, State
from tests import builders
from tests.builders import CHANNEL, CONVERSATION, NOON

OURS = builders.our_message(author=Author.PERSON_API, author_name="Ayse", automation=None)
RESEND = f"/v1/conversations/{CONVERSATION}/messages/{OURS.message_id}/resend"
SENDS = f"/v1/sends?channel_id={CHANNEL}"


@pytest.fixture(autouse=True)
def world(rt):
    """A channel, and a conversation whose window is open."""
    rt.channels.save(builders.channel(version=1))
    ends = NOON + timedelta(hours=24)
    rt.conversations.save(builders.conversation(window_opened_at=NOON, window_ends_at=ends))


def gone_wrong(rt, state: State, failure: str, at=NOON, message_id=OURS.message_id) -> None:
    rt.messages.claim(
        builders.our_message(
            message_id=message_id, author=OURS.author, author_name="Ayse", automation=None
        )
    )
    rt.messages.settle(
        CONVERSATION, message_id, state, failure=failure, listing=Listing(CHANNEL, at)
    )


def test_a_failed_send_says_why_and_what_to_do(api, rt):
    gone_wrong(rt, State.FAILED, "recipient_gone_551")
    (item,) = api.get(SENDS).body["items"]
    assert item == {
        "conversation_id": CONVERSATION,
        "message_id": OURS.message_id,
        "at": "2026-11-21T12:00:01Z",
        "state": "failed",
        "kind": "text",
        "author": "person_api",
        "author_name": "Ayse",
        "reason": "recipient_gone_551",
        "explanation": "The customer cannot be reached there: gone, blocked us, or never was.",
        "advice": "Do not send it again; wait for the customer to write.",
        "can_be_resent": True,
        "why_not": None,
        "needs_confirmation": False,
        "resend_of": None,
    }


def test_an_unknown_send_is_in_the_other_list_and_wants_confirmation(api, rt):
    gone_wrong(rt, State.UNKNOWN, "ambiguous_no_answer")
    (item,) = api.get(f"{SENDS}&state=unknown").body["items"]
    assert (item["needs_confirmation"], api.get(SENDS).body["items"]) == (True, [])


def test_what_cannot_be_sent_again_says_why(api, rt):
    rt.messages.claim(builders.our_message(basis="one_time_token"))
    key = (CONVERSATION, OURS.message_id)
    rt.messages.settle(*key, State.UNKNOWN, listing=Listing(CHANNEL, NOON))
    (item,) = api.get(f"{SENDS}&state=unknown").body["items"]
    assert (item["can_be_resent"], item["needs_confirmation"]) == (False, False)
    assert "agreed to one message" in item["why_not"]


def test_the_list_goes_on_with_its_cursor(api, rt):
    for minute in range(3):
        at = NOON + timedelta(minutes=minute)
        gone_wrong(rt, State.FAILED, "policy_368", at, f"hb-{minute}")
    first = api.get(f"{SENDS}&limit=2").body
    rest = api.get(f"{SENDS}&limit=2&cursor={first['next_cursor']}").body
    ids = [item["message_id"] for item in first["items"] + rest["items"]]
    assert (ids, rest["next_cursor"]) == (["hb-2", "hb-1", "hb-0"], None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "channel_id"),
        (f"?channel_id={CHANNEL}&state=sent", "state"),
        (f"?channel_id={CHANNEL}&limit=0", "limit"),
        (f"?channel_id={CHANNEL}&cursor=somebody-elses", "cursor"),
        (f"?channel_id={CHANNEL}&order=newest", "order"),
    ],
)
def test_a_wrong_query_names_the_field(api, query, field):
    answer = api.get(f"/v1/sends{query}")
    assert (answer.status, answer.body["field"]) == (400, field)


def test_a_channel_that_nobody_connected_has_no_list(api):
    assert api.get("/v1/sends?channel_id=4711").status == 404


def test_a_failed_send_is_sent_again(api, rt):
    gone_wrong(rt, State.FAILED, "policy_368")
    answer = api.post(RESEND, {}, Idempotency_Key="k")
    assert (answer.status, answer.body["state"]) == (202, "sent")
    assert answer.body["message_id"] != OURS.message_id
    assert api.get(SENDS).body["items"] == []


def test_the_messages_of_the_conversation_show_what_belongs_together(api, rt):
    gone_wrong(rt, State.FAILED, "policy_368")
    new = api.post(RESEND, {}, Idempotency_Key="k").body["message_id"]
    items = api.get(f"/v1/conversations/{CONVERSATION}/messages").body["items"]
    links = {item["id"]: (item["resend_of"], item["resent_as"]) for item in items}
    assert links == {OURS.message_id: (None, new), new: (OURS.message_id, None)}


def test_f08_an_unknown_send_tells_the_risk_unless_it_is_confirmed(api, rt):
    gone_wrong(rt, State.UNKNOWN, "ambiguous_no_answer")
    asked = api.post(RESEND, {}, Idempotency_Key="k")
    assert (asked.status, asked.body["reason"]) == (409, "confirmation_needed")
    assert "twice" in asked.body["detail"]
    confirmed = api.post(RESEND, {"confirm_possible_duplicate": True}, Idempotency_Key="k")
    assert confirmed.status == 202


CANCEL = RESEND.replace("resend", "cancel")


def planned(rt) -> None:
    """A message of ours that goes out tomorrow."""
    tomorrow = NOON + timedelta(days=1)
    rt.messages.plan(replace(OURS, state=State.PLANNED, lease_until=None, due_at=tomorrow))


def test_a_planned_message_is_cancelled_and_the_conversation_shows_it(api, rt):
    planned(rt)
    answer = api.post(CANCEL, {})
    assert (answer.status, answer.body) == (
        200,
        {"message_id": OURS.message_id, "state": "refused"},
    )
    (item,) = api.get(f"/v1/conversations/{CONVERSATION}/messages").body["items"]
    assert (item["state"], item["reason"], item["due_at"]) == ("refused", "cancelled", None)


def test_what_is_not_planned_is_not_cancelled_and_says_why(api, rt):
    gone_wrong(rt, State.FAILED, "policy_368")
    answer = api.post(CANCEL, {})
    assert (answer.status, answer.body["reason"]) == (409, "not_planned")
    assert answer.body["detail"] == "Only a planned message is cancelled; this is failed."


def test_an_agent_may_cancel_and_a_reader_may_not(api, rt):
    planned(rt)
    keys = {
        role: api.post("/v1/keys", {"name": role, "role": role}).body["key"]
        for role in (Role.READ, Role.AGENT)
    }
    assert api.by(keys[Role.READ]).post(CANCEL, {}).status == 403
    assert api.by(keys[Role.AGENT]).post(CANCEL, {}).status == 200


def test_what_the_policy_refuses_says_so(api, rt):
    gone_wrong(rt, State.FAILED, "policy_368")
    rt.now.advance(hours=25)
    answer = api.post(RESEND, {}, Idempotency_Key="k")
    assert (answer.status, answer.body["reason"]) == (409, "window_closed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"confirm_possible_duplicate": "yes"}, "confirm_possible_duplicate"),
        ({"confirm": True}, "confirm"),
        ([], "body"),
    ],
)
def test_a_wrong_body_names_the_field(api, body, field):
    answer = api.post(RESEND, body, Idempotency_Key="k")
    assert (answer.status, answer.body["field"]) == (400, field)


def test_sending_again_needs_a_key_that_makes_it_once(api):
    answer = api.post(RESEND, {})
    assert (answer.status, answer.body["field"]) == (400, "Idempotency-Key")


def test_a_message_that_is_not_there_is_not_sent_again(api):
    assert api.post(RESEND, {}, Idempotency_Key="k").status == 404


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 403), (Role.ADMIN, 202)])
def test_only_admins_send_again(api, keys, rt, role, status):
    gone_wrong(rt, State.FAILED, "policy_368")
    keys.add(replace(keys.all()[0], role=role))
    assert api.post(RESEND, {}, Idempotency_Key="k").status == status
