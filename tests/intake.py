"""What tests of the webhook share: a runtime of fakes, signatures, and deliveries like Meta's."""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from typing import Any

from chalicelib.ports import IntakeRuntime, NotKeptError
from chalicelib.usecases import receive_webhook
from chalicelib.usecases.queue_records import read_quarantined
from chalicelib.usecases.receive_webhook import Outcome
from tests import builders
from tests.fakes import Clock, FakeLog, FakeQuarantine, FakeQueue, FakeSecrets

SECRET = b"app-secret-for-tests"


class FakeRotatingSecrets(FakeSecrets):
    """After a refresh it knows other values, if told so by `later`; counts the refreshes."""

    def __init__(self, *, later: FakeSecrets | None = None, **values: Any) -> None:
        super().__init__(**values)
        self._later = later or FakeSecrets(**values)
        self.refreshes = 0

    def refresh(self) -> bool:
        self.refreshes += 1
        self._app_secrets = self._later.app_secrets()
        self._verify_token = self._later.verify_token()
        return True


class FakeFullArchive:
    """Keeps nothing."""

    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        raise NotKeptError("full")


class FakeDeafQueue:
    """Cannot be reached."""

    def send(self, entries: Any) -> tuple[int, ...]:
        return tuple(range(len(entries)))


def intake(**ports: Any) -> IntakeRuntime:
    """The webhook's runtime of fakes; `ports` replaces any."""
    fakes: dict[str, Any] = {
        "now": Clock(builders.NOON),
        "secrets": FakeRotatingSecrets(app_secrets=(SECRET,)),
        "inbound": FakeQueue(),
        "quarantine_queue": FakeQueue(),
        "large": FakeQuarantine(),
        "log": FakeLog(),
    }
    return IntakeRuntime(**(fakes | ports))


def sign(raw: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + hmac.new(secret, raw, "sha256").hexdigest()


def to_bytes(payload: object) -> bytes:
    return json.dumps(payload).encode()


def page_message(mid: str, *, text: str = "hi", sender: str = "5550001") -> dict[str, Any]:
    return {
        "sender": {"id": sender},
        "recipient": {"id": "1122"},
        "timestamp": 1_764_000_000_000,
        "message": {"mid": mid, "text": text},
    }


def page(*messaging: object, section: str = "messaging") -> dict[str, Any]:
    """A delivery of a Messenger Page."""
    entry = {"id": "1122", "time": 1_764_000_000_000, section: list(messaging)}
    return {"object": "page", "entry": [entry]}


def whatsapp(*messages: object) -> dict[str, Any]:
    """A delivery of a WhatsApp number."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": list(messages)}
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "10", "changes": [change]}]}


def whatsapp_message(wamid: str, *, sender: str = "16505551234") -> dict[str, Any]:
    return {
        "from": sender,
        "id": wamid,
        "timestamp": "1764000000",
        "type": "text",
        "text": {"body": "hi"},
    }


def deliver(raw: bytes, rt: IntakeRuntime) -> Outcome:
    return receive_webhook.run(raw, sign(raw), rt)


def queued(rt: IntakeRuntime) -> list[dict[str, Any]]:
    return [json.loads(entry.body) for entry in rt.inbound.entries]


def quarantined(rt: IntakeRuntime) -> list[bytes]:
    return [read_quarantined(entry.body)[1] for entry in rt.quarantine_queue.entries]
