"""Notifications to many over HTTP."""

from __future__ import annotations

import pytest

from tests.builders import CHANNEL
from tests.usecases import campaigns

WISH = {"topic": "mug", "channels": [CHANNEL], "text": "The mug is back"}


@pytest.fixture
def shop(rt):
    """A shop with a topic, and two customers who agreed."""
    before = rt.channels.all()[0]
    rt.channels._channels[CHANNEL] = campaigns.shop(version=before.version)
    for number in range(2):
        campaigns.agree(rt, f"customer-{number}")
    return rt


def planned(api, **facts) -> str:
    answer = api.post("/v1/notifications", WISH | facts, Idempotency_Key="k-1")
    assert answer.status == 202, answer.body
    return answer.body["notification_id"]


def test_a_notification_is_planned_and_shown(api, shop):
    found = api.get(f"/v1/notifications/{planned(api)}").body
    assert (found["topic"], found["phase"], found["counts"]) == ("mug", "running", [])
    assert found["expires_at"] == "2026-11-22T12:00:00Z"


def test_what_became_of_it_is_counted_and_listed(api, shop):
    path = f"/v1/notifications/{planned(api)}"
    campaigns.minute(shop)
    sent = [{"outcome": "sent", "detail": "one_time_token", "price": None, "recipients": 2}]
    assert api.get(path).body["counts"] == sent
    assert api.get(path).body["channels"] == [{"channel_id": CHANNEL, "counts": sent}]
    first = api.get(f"{path}/recipients").body
    second = api.get(f"{path}/recipients?cursor={first['next_cursor']}").body
    told = [each["outcome"] for each in first["items"] + second["items"]]
    assert told == ["sent", "sent"]


def test_each_recipient_tells_its_decision(api, shop):
    path = f"/v1/notifications/{planned(api)}"
    campaigns.minute(shop)
    (one, *_) = api.get(f"{path}/recipients").body["items"]
    (attempt,) = one["decision"]["attempts"]
    assert (attempt["verdict"], attempt["rule"], attempt["answer"]) == (
        "permitted",
        "messenger.one_time_token.2020-03-04",
        "accepted",
    )
    own = api.get(f"/v1/conversations/{one['conversation_id']}/decisions").body["items"]
    assert one["decision"] in own


def test_whom_nothing_was_tried_with_has_no_decision(api, shop):
    path = f"/v1/notifications/{planned(api)}"
    campaigns.minute(shop)
    shop.messages._facts.clear()
    (one, *_) = api.get(f"{path}/recipients").body["items"]
    assert one["decision"] is None


def test_a_dry_run_is_another_thing_than_the_notification_of_the_same_key(api, shop):
    dry = api.post("/v1/notifications/dry-run", WISH, Idempotency_Key="k-1").body
    assert dry["is_dry_run"]
    assert dry["notification_id"] != planned(api)
    listed = api.get("/v1/notifications").body["items"]
    assert [each["notification_id"] for each in listed] == [planned(api)]


def test_a_cancelled_one_says_so(api, shop):
    answer = api.post(f"/v1/notifications/{planned(api)}/cancel", {})
    assert (answer.status, answer.body["phase"]) == (200, "cancelled")


def test_another_wish_under_the_key_is_refused(api, shop):
    planned(api)
    again = api.post("/v1/notifications", WISH | {"text": "No"}, Idempotency_Key="k-1")
    assert (again.status, again.body["reason"]) == (422, "key_reused")


def test_a_field_that_cannot_be_is_named(api, shop):
    answer = api.post("/v1/notifications", WISH | {"topic": "cup"}, Idempotency_Key="k-1")
    assert (answer.status, answer.body["field"]) == (400, "channels[0]")


@pytest.mark.parametrize("path", ["", "/recipients"])
def test_what_there_is_not_is_not_found(api, path):
    assert api.get(f"/v1/notifications/nothing{path}").status == 404


def test_a_strange_cursor_is_refused(api, shop):
    answer = api.get("/v1/notifications?cursor=strange")
    assert (answer.status, answer.body["field"]) == (400, "cursor")


@pytest.mark.parametrize("cursor", ["strange", "0", "99.0", "0." + "9" * 1100, "9" * 5000 + ".0"])
def test_a_strange_place_among_the_recipients_is_refused(api, shop, cursor):
    answer = api.get(f"/v1/notifications/{planned(api)}/recipients?cursor={cursor}")
    assert (answer.status, answer.body["field"]) == (400, "cursor")


def test_a_key_of_another_channel_neither_plans_nor_sees_it(api, shop):
    wanted = planned(api)
    body = api.post("/v1/keys", {"name": "n", "role": "admin", "channels": ["another"]}).body
    other = api.by(body["key"])
    assert other.get(f"/v1/notifications/{wanted}").status == 404
    assert other.post(f"/v1/notifications/{wanted}/cancel", {}).status == 404
    assert other.post("/v1/notifications", WISH, Idempotency_Key="k-2").status == 404
    assert other.get("/v1/notifications").body["items"] == []
