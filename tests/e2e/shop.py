"""The levers of the running stack: Meta's customers, the webhook, our API, the clock."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import requests

from devtools import clock
from devtools.local_aws.shop import CHANNELS
from devtools.scenario.world import World

PAGE, PROFESSIONAL, NUMBER = (channel.channel_id for channel in CHANNELS)
_contacts = count(1)
_erased: set[str] = set()


def new_contact() -> str:
    """Somebody whom nobody has met; a phone number, so that every platform takes it."""
    return f"90555{next(_contacts):07}"


@dataclass(frozen=True, slots=True)
class Shop(World):
    """`home` is the folder of this stack, not that of `make up`."""

    home: Path

    def go_to(self, at: datetime) -> None:
        clock.set_to(at, self.home / "clock.json")

    def now(self) -> datetime:
        return clock.now(self.home / "clock.json")

    def advance(self, **by: float) -> None:
        clock.advance(timedelta(**by), self.home / "clock.json")

    def count_yesterday(self, *channels: str) -> None:
        """Asked for by hand, after which the hourly schedule goes on from there."""
        day = (self.now() - timedelta(days=1)).date().isoformat()
        began = self.now()
        for channel_id in channels:
            facts = {"channel_id": channel_id, "from": day, "to": day}
            status, answer = self.ask("POST", "/v1/reports/recompute", **facts)
            assert status == 202, answer
        self._await_days(len(channels), since=began)

    def count_days_of(self, channel_id: str) -> int:
        """The hourly schedule, which finds nothing due on the shop's other channels."""
        self.count_yesterday(*({PAGE, PROFESSIONAL, NUMBER} - {channel_id}))
        return self.count_days()

    def stop_schedules(self) -> None:
        """They go by the machine's time, in the middle of whatever a test does."""
        for rule in self.schedules():
            self.aws("events").disable_rule(Name=rule)

    def schedules(self) -> list[str]:
        """The names of the rules that call our functions at their times."""
        rules = self.aws("events").list_rules()["Rules"]
        stack = f"{self.stack.stack_name}-"
        return [rule["Name"] for rule in rules if rule["Name"].startswith(stack)]

    def process(self, records: list[dict[str, Any]]) -> int:
        """A worker takes these records of the queue; how many it failed."""
        answer = self.aws("lambda").invoke(
            FunctionName=self.outputs["ProcessEventsName"],
            Payload=json.dumps({"Records": records}).encode(),
        )
        return len(json.loads(answer["Payload"].read())["batchItemFailures"])

    def customer_writes(self, channel_id: str, contact: str, text: str = "Hello?") -> str:
        """They write, and everything that follows has happened; the mid."""
        phone = {"phone": contact} if channel_id == NUMBER else {}
        who = {"channel_id": channel_id, "contact_id": contact, "name": "Ana Lima"}
        told = self.act("/_customer/message", **who, **phone, text=text)
        self.settle()
        return str(told["mid"])

    def native_reply(self, channel_id: str, contact: str, text: str) -> None:
        self.act("/_native/reply", channel_id=channel_id, contact_id=contact, text=text)
        self.settle()

    def post(self, raw: bytes, signature: str | None = None, *, secret: str = "") -> int:
        """A delivery as Meta would make it, signed unless a signature is given; the status."""
        signature = signature or self.sign(raw, secret or self.stack.app_secret)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        return self.http("POST", "", data=raw, headers=headers).status_code

    def http(self, method: str, path: str, **facts: Any) -> requests.Response:
        """The webhook, or a path of the API."""
        url = f"{self.stack.api_url}{path}" if path else self.stack.webhook_url
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, url, timeout=60, **facts)

    def sign(self, raw: bytes, secret: str) -> str:
        return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()

    def calls(self, contact: str | None = None) -> list[dict[str, Any]]:
        """What the stand-in accepted, from everybody or for one contact."""
        accepted = [call for call in self.graph_calls("POST") if call["accepted"]]
        return [call for call in accepted if contact in (None, _digits(call["recipient"]))]

    def erase(self, channel_id: str, contact: str) -> int:
        """All that was said to and by them goes; the status of the answer."""
        conversation = self.conversation(channel_id, contact)["id"]
        _erased.add(contact)
        return self.ask("POST", "/v1/contacts/erase", conversation_id=conversation, confirm=True)[0]

    def calls_to_whom_we_know(self) -> list[dict[str, Any]]:
        """What the stand-in accepted, but for contacts who were erased."""
        return [call for call in self.calls() if _digits(call["recipient"]) not in _erased]

    def ids_of(self, channel_id: str) -> list[str]:
        """Every conversation of the channel."""
        return [one["id"] for one in self._pages(f"/v1/conversations?channel_id={channel_id}")]

    def messages(self, channel_id: str, contact: str) -> list[dict[str, Any]]:
        return self.messages_of(self.conversation(channel_id, contact)["id"])

    def messages_of(self, conversation_id: str) -> list[dict[str, Any]]:
        return self._pages(f"/v1/conversations/{conversation_id}/messages?limit=100")

    def answer(self, channel_id: str, contact: str, text: str, key: str) -> tuple[int, Any]:
        """A person replies through the API."""
        return self.create(channel_id, contact, "messages", key, text=text, author="Mia")

    def create(
        self, channel_id: str, contact: str, what: str, key: str, **content: Any
    ) -> tuple[int, Any]:
        path = f"/v1/conversations/{self.conversation(channel_id, contact)['id']}/{what}"
        headers = {"Authorization": f"Bearer {self.stack.api_key}", "Idempotency-Key": key}
        answer = self.http("POST", path, json=content, headers=headers)
        self.settle()
        return answer.status_code, answer.json()

    def put(self, channel_id: str, **changes: Any) -> None:
        """Change some settings of a channel."""
        path, headers = (
            f"/v1/channels/{channel_id}",
            {"Authorization": f"Bearer {self.stack.api_key}"},
        )
        known = self.http("GET", path, headers=headers)
        headers["If-Match"] = known.headers["ETag"]
        answer = self.http("PUT", path, json=known.json() | changes, headers=headers)
        assert answer.status_code == 200, answer.text

    def fails(self, **fault: Any) -> None:
        """The next call that fits goes wrong at Meta."""
        self.http_at(f"{self.stack.graph_url}/_faults", json=[fault]).raise_for_status()

    def dead_letter(self, queue: str) -> str:
        """The next body of a dead-letter queue; waits for it."""
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            url, seconds = self.outputs[queue], 20
            told = self.aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=seconds)
            found.extend(told.get("Messages", ()))
            return bool(found)

        self._until(is_there, f"nothing came to {queue}")
        (message,) = found
        return str(message["Body"])

    def quarantined(self) -> int:
        """How many bodies are in quarantine."""
        objects = self.aws("s3").list_objects_v2(Bucket=self.outputs["QuarantineBucketName"])
        return int(objects["KeyCount"])

    def graph_calls(self, *methods: str) -> list[dict[str, Any]]:
        """What the stand-in was asked, and what it answered; of these methods."""
        calls = self.http_json(f"{self.stack.graph_url}/_log")
        return [call for call in calls if call["method"] in methods]

    def http_json(self, url: str) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=60).json()

    def http_at(self, url: str, **facts: Any) -> requests.Response:
        """A call of somebody else's, to whatever address."""
        with requests.Session() as session:
            session.trust_env = False
            return session.post(url, timeout=60, **facts)

    def _pages(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            joint = "&" if "?" in path else "?"
            page = self.get(path + (f"{joint}cursor={cursor}" if cursor else ""))
            found += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return found


def _digits(recipient: str | None) -> str:
    return (recipient or "").removeprefix("+")


def body_of(payload: Any) -> bytes:
    return json.dumps(payload).encode()
