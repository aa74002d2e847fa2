"""A stand-in for Meta with one channel per platform, a customer of each, and a clock to move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devtools.simulator import Simulator

PAGE, PROFESSIONAL, NUMBER = "100100100100101", "17841400000000001", "106540352242922"
PSID, IGSID, PHONE = "7001", "8001", "905551112233"
CHANNELS = [
    {"platform": "messenger", "channel_id": PAGE, "token": "page-token"},
    {"platform": "instagram", "channel_id": PROFESSIONAL, "token": "ig-token", "node_id": "55"},
    {"platform": "whatsapp", "channel_id": NUMBER, "token": "wa-token"},
]
TOKENS = {channel["channel_id"]: channel["token"] for channel in CHANNELS}
CUSTOMERS = {PAGE: PSID, PROFESSIONAL: IGSID, NUMBER: PHONE}


class Meta:
    """What a test wants to do with the stand-in, in one line each."""

    def __init__(self, simulator: Simulator, clock: Path) -> None:
        self.simulator, self._clock = simulator, clock

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return self.simulator.control(method, path, body)

    def writes(self, channel_id: str, **facts: Any) -> Any:
        return self.acts("message", channel_id, **({"text": "hi"} | facts))

    def acts(self, what: str, channel_id: str, **facts: Any) -> Any:
        who = {"channel_id": channel_id, "contact_id": CUSTOMERS[channel_id]}
        return self.control("POST", f"/_customer/{what}", who | facts)

    def sends(self, channel_id: str, body: Any, **call: Any) -> tuple[int, Any]:
        """A Graph call as the product would make it: status and body of the answer."""
        path = call.get("path", f"/v25.0/{channel_id}/messages")
        token = call.get("token", TOKENS[channel_id])
        headers = {"authorization": f"Bearer {token}"}
        answer = self.simulator.answer("POST", path, headers, body)
        return answer.status, answer.body

    def moves_on(self, **by: float) -> None:
        """The clock stands `by` (days, hours, seconds) after real time."""
        units = {"days": 86400.0, "hours": 3600.0, "seconds": 1.0}
        offset = sum(units[unit] * amount for unit, amount in by.items())
        self._clock.write_text(json.dumps({"offset_seconds": offset}))

    def delivered(self, kind: str) -> list[Any]:
        """The bodies of the webhooks of this kind, once all are out."""
        self.control("POST", "/_wait", {"seconds": 10})
        deliveries = self.control("GET", "/_deliveries")
        return [one["body"] for one in deliveries if one["kind"] == kind]


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    clock = tmp_path / "clock.json"
    simulator = Simulator(clock=clock)  # not started: no HTTP is needed to ask it
    simulator.control("POST", "/_channels", CHANNELS)
    yield Meta(simulator, clock)
    simulator.stop()


def text_to(channel_id: str, text: str = "Hello", **facts: Any) -> dict[str, Any]:
    """A text in the shape of the channel's platform."""
    if channel_id == NUMBER:
        to = {"messaging_product": "whatsapp", "to": f"+{PHONE}", "type": "text"}
        return {**to, "text": {"body": text}, **facts}
    recipient = {"recipient": {"id": CUSTOMERS[channel_id]}}
    return {**recipient, "message": {"text": text, "metadata": "hb1"}, **facts}


def code_of(answer: tuple[int, Any]) -> tuple[int | None, int | None]:
    """Code and subcode of a refusal; Nones if it was accepted."""
    error = answer[1].get("error", {})
    return error.get("code"), error.get("error_subcode")


ACCEPTED = (None, None)
