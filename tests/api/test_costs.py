"""Costs and rate cards through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.core.access import ApiKey, Role, hash_of
from tests.builders import CHANNEL

CARD = {
    "effective_from": "2026-10-01",
    "currency": "USD",
    "markets": {"Mexico": {"countries": ["MX"], "rates": {"service": "0.0085"}}},
}
JSON = {"Content-Type": "application/json"}


def put(api: Any, **facts: Any) -> Any:
    headers = api.headers | JSON
    return api.call("PUT", "/v1/rate-cards", json.dumps(CARD | facts).encode(), headers)


def test_a_card_that_was_put_is_listed(api):
    answer = put(api)
    listed = api.get("/v1/rate-cards").body["items"]
    assert (answer.status, [card["markets"] for card in listed]) == (200, [CARD["markets"]])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"currency": "usd"}, "currency"),
        ({"effective_from": "soon"}, "effective_from"),
        ({"markets": {"M": {"countries": ["MX"], "rates": {"service": "x"}}}}, "markets.M"),
        ({"markets": {"M": {"countries": ["Mexico"], "rates": {"service": "1"}}}}, "countries"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_card_that_is_wrong_is_refused_by_the_field_at_fault(api, facts, field):
    answer = put(api, **facts)
    assert (answer.status, field in json.dumps(answer.body)) == (400, True)


def test_a_key_of_one_channel_cannot_change_what_all_channels_pay(api, keys):
    known = {"key_hash": hash_of("one"), "key_id": "key-2", "role": Role.ADMIN}
    keys.add(ApiKey(**known, channels=(CHANNEL,)))
    assert put(api.by("one")).status == 403


def test_a_month_tells_its_costs(api):
    answer = api.get(f"/v1/channels/{CHANNEL}/costs?month=2026-11")
    assert (answer.status, answer.body["costs"]["amount"], answer.body["month"]) == (
        200,
        "0.00",
        "2026-11",
    )


@pytest.mark.parametrize("query", ["month=2026-13", "month=11-2026", "currency=dollars", "x=1"])
def test_a_question_that_is_wrong_is_refused(api, query):
    assert api.get(f"/v1/channels/{CHANNEL}/costs?{query}").status == 400
