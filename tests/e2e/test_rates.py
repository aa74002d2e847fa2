"""Rates on the deployed template: leases and pauses in the table, by functions that may no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.shop import PAGE, Shop, new_contact

pytestmark = pytest.mark.e2e


@pytest.fixture
def slow(shop: Shop) -> Iterator[Shop]:
    """The Page may send 20 a second: too few for a token unasked in each of 50 workers."""
    shop.put(PAGE, sends_per_second=20)
    shop.advance(minutes=1)  # workers remember settings for half a minute
    yield shop
    shop.put(PAGE, sends_per_second=None)
    shop.advance(minutes=90)


def rate_row(shop: Shop) -> dict[str, Any]:
    table, key = shop.outputs["RatesTableName"], {"rate_key": {"S": PAGE}}
    row: dict[str, Any] = shop.aws("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
    return row


def state_of_reply(shop: Shop, contact: str) -> str:
    return str(shop.messages(PAGE, contact)[1]["state"])


def test_f16_a_worker_and_the_api_lease_what_they_send(slow: Shop) -> None:
    contact = new_contact()
    slow.customer_writes(PAGE, contact)
    leased = rate_row(slow)["full_at"]
    assert state_of_reply(slow, contact) == "sent"
    slow.advance(minutes=1)
    assert slow.answer(PAGE, contact, "Yes.", "k1")[1]["state"] == "sent"
    assert rate_row(slow)["full_at"] != leased


def test_f16_after_a_refusal_the_next_reply_waits_for_the_schedule(slow: Shop) -> None:
    refused, waiting = new_contact(), new_contact()
    slow.fails(kind="error", code=613, retry_after=300, match={"recipient": refused})
    slow.customer_writes(PAGE, refused)
    assert "paused_until" in rate_row(slow)
    slow.customer_writes(PAGE, waiting)
    assert (state_of_reply(slow, waiting), slow.calls(waiting)) == ("planned", [])
    slow.advance(minutes=6)
    slow.run_schedule("SendDueName")
    slow.settle()
    assert [state_of_reply(slow, each) for each in (refused, waiting)] == ["sent", "sent"]
