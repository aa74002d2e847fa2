"""Somebody else may post webhooks for customers whom the stand-in never saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from devtools.simulator import Simulator
from tests.simulator.conftest import CHANNELS, NUMBER, PAGE, PROFESSIONAL, TOKENS, text_to

NODES = {PROFESSIONAL: "55"}
TOKEN = {"recipient": {"one_time_notif_token": "otn-1"}, "message": {"text": "It is back"}}


@pytest.fixture
def trusting() -> Iterator[Simulator]:
    simulator = Simulator(takes_strangers=True)
    simulator.control("POST", "/_channels", CHANNELS)
    yield simulator
    simulator.stop()


def status_of(simulator: Simulator, channel_id: str, body: Any) -> int:
    headers = {"authorization": f"Bearer {TOKENS[channel_id]}"}
    return simulator.answer(
        "POST", f"/v25.0/{NODES.get(channel_id, channel_id)}/messages", headers, body
    ).status


@pytest.mark.parametrize("channel_id", [PAGE, NUMBER])
def test_a_stranger_is_answered_on_trust(trusting: Simulator, channel_id: str) -> None:
    assert status_of(trusting, channel_id, text_to(channel_id)) == 200


def test_a_stranger_s_token_is_taken_once(trusting: Simulator) -> None:
    statuses = [status_of(trusting, PAGE, TOKEN), status_of(trusting, PAGE, TOKEN)]
    assert statuses == [200, 400]


def test_a_customer_who_wrote_here_is_judged_again(trusting: Simulator) -> None:
    status_of(trusting, PAGE, text_to(PAGE))
    wrote = {"channel_id": PAGE, "contact_id": "7001", "text": "hi", "at": "2020-01-01T00:00:00Z"}
    trusting.control("POST", "/_customer/message", wrote)
    assert status_of(trusting, PAGE, text_to(PAGE)) == 400


def test_other_rules_hold_for_strangers_too(trusting: Simulator) -> None:
    assert status_of(trusting, PROFESSIONAL, text_to(PAGE, "x" * 2001)) == 400


def test_statuses_name_a_stranger_as_we_did(trusting: Simulator) -> None:
    body = {"messaging_product": "whatsapp", "recipient": "TR.1A2B", "type": "text"}
    status_of(trusting, NUMBER, {**body, "text": {"body": "Hello"}})
    trusting.control("POST", "/_wait", {"seconds": 10})
    value = trusting.control("GET", "/_deliveries")[0]["body"]["entry"][0]["changes"][0]["value"]
    assert value["statuses"][0]["recipient_user_id"] == "TR.1A2B"
