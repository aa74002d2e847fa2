"""Conversations over HTTP: lists, and one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.conversation import Profile
from chalicelib.core.events import Referral
from tests import builders
from tests.api.documents import NOBODY_HANDLES
from tests.builders import CHANNEL, CONVERSATION, NOON, at

PATH = f"/v1/conversations/{CONVERSATION}"


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
        "handling": NOBODY_HANDLES,
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
