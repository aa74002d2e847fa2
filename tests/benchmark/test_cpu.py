"""All contenders do the work that they are timed for."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.events import MessageReceived
from devtools.benchmark import bodies, cpu, floor, rival
from devtools.benchmark.timing import Comparison, summary

MESSAGES: dict[str, Any] = {
    "messenger": lambda payload: [e.messaging[0].message.text for e in payload.entry],
    "instagram": lambda payload: [e.messaging[0].message.text for e in payload.entry],
    "whatsapp": lambda payload: [
        c.value.messages[0].text.body for e in payload.entry for c in e.changes
    ],
}


@pytest.mark.parametrize("platform", cpu.PLATFORMS)
def test_we_read_every_message_of_a_batch(platform: str) -> None:
    (delivery,) = bodies.deliveries(platform, batch=100, count=1)
    texts = [event.text for event in cpu.read(delivery) if isinstance(event, MessageReceived)]
    assert texts == [bodies.TEXT] * 100


@pytest.mark.parametrize("platform", cpu.PLATFORMS)
def test_the_floor_reads_every_message_of_a_batch(platform: str) -> None:
    (delivery,) = bodies.deliveries(platform, batch=100, count=1)
    assert MESSAGES[platform](floor.reader(platform)(delivery)) == [bodies.TEXT] * 100


def test_pywa_calls_a_handler_with_the_message() -> None:
    (delivery,) = bodies.deliveries("whatsapp", batch=1, count=1)
    message: Any = rival.reader()(delivery)
    assert message.text == bodies.TEXT


@pytest.mark.parametrize("reader", [cpu.read, floor.reader("whatsapp")], ids=["ours", "floor"])
def test_a_forged_delivery_is_refused(reader: Any) -> None:
    (delivery,) = bodies.deliveries("whatsapp", batch=1, count=1)
    with pytest.raises(ValueError, match="forged"):
        reader(replace(delivery, signature="sha256=" + "0" * 64))


def test_pywa_refuses_a_forged_delivery() -> None:
    (delivery,) = bodies.deliveries("whatsapp", batch=1, count=1)
    with pytest.raises(rival.RivalError):
        rival.reader()(replace(delivery, signature="sha256=" + "0" * 64))


def test_no_two_messages_have_the_same_id() -> None:
    many = bodies.deliveries("messenger", batch=10, count=5)
    ids = {event.event_id for delivery in many for event in cpu.read(delivery)}
    assert len(ids) == 50


def test_a_round_that_the_machine_slowed_down_does_not_change_the_ratio() -> None:
    rounds = [(4.0, 2.0), (40.0, 20.0), (4.0, 2.0), (4.0, 2.0), (6.0, 3.0)]
    assert summary(rounds) == Comparison(ours=4.0, other=2.0, ratio=2.0)
