"""The stand-in for Meta on the fortnight's clock: it judges our calls by rules of its own, loses
some answers, and hands what webhooks tell to whoever plays the network."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalicelib.adapters import http
from chalicelib.platforms import ErrorClass, SendError
from devtools.simulator.customers import Customers
from devtools.simulator.faults import Fault, Faults
from devtools.simulator.graph import Graph, Request
from devtools.simulator.state import Call, Channel, Contact, key
from devtools.simulator.world import Journal, World
from tests.fakes import Clock
from tests.intake import SECRET

# Of a thousand posts: what goes wrong with them.
TROUBLE = {
    "http_500_html": 5,
    "timeout_before": 4,
    "reset_before": 3,
    "timeout_after": 4,
    "reset_after": 3,
    "truncated_after": 3,
    "html_after": 3,
    "http_500_html_after": 3,
}
ERRORS = {"messenger": (2, 4, 613), "instagram": (2, 4, 613), "whatsapp": (131000, 130429, 80007)}
ERRORS_IN_1000 = 15
LATENCY, TIMEOUT = timedelta(milliseconds=80), timedelta(seconds=10)

Tell = Callable[[str, str, Any], None]


class _Time:
    def __init__(self, clock: Clock) -> None:
        self.now = clock


class _Filed(Journal[Any]):
    """All entries, and those of one contact."""

    def __init__(self) -> None:
        super().__init__(Call, None)
        self.of: defaultdict[str, list[Any]] = defaultdict(list)
        self.asked: str | None = None

    def file(self, contact_id: str, entry: Any) -> None:
        self.of[contact_id].append(entry)

    def entries(self) -> list[Any]:
        return super().entries() if self.asked is None else self.of[self.asked]


class _Network:
    """In the courier's place: tells at once, in no thread."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def send(self, kind: str, body: Any, *, channel_id: str, lane: str) -> str:
        self._tell(kind, lane, body)
        return ""


class _World(World):
    """Finds a customer of two keys by an index."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.known_as: dict[str, str] = {}  # user id -> contact id

    def contact(self, channel: Channel, contact_id: str) -> Contact | None:
        known = self.known_as.get(contact_id, contact_id)
        return self.state.contacts.get(key(channel.channel_id, known))


class StandIn:
    """`call` takes the place of `http.once`; `people` act for customers; `posts` are the calls to
    send something, each with what became of it."""

    def __init__(self, clock: Clock, random: Random, tell: Tell) -> None:
        self._clock, self._random = clock, random
        self.world = _World(_Time(clock))
        self.world.calls, self.world.deliveries = _Filed(), _Filed()
        self.late_failures: list[tuple[int, str, datetime]] = []  # code, contact, time
        self.paid: list[datetime] = []  # when a service message was charged
        self._tell = tell
        network: Any = _Network(self._told)
        self._faults = Faults()
        self.people = Customers(self.world, network)
        self._graph = Graph(
            self.world, network, self._faults, people=self.people, app_secret=SECRET.decode()
        )

    @property
    def posts(self) -> list[Call]:
        return self.calls_of("/messages")

    def calls_of(self, ending: str) -> list[Call]:
        return [each for each in self.world.calls.entries() if each.path.endswith(ending)]

    def call(self, _session: object, call: http.Call) -> http.Answer:
        """One HTTP call. Raises SendError where no answer comes."""
        self._clock.at += LATENCY
        path = urlsplit(call.url).path
        platform = self._platform(call.headers["Authorization"])
        if path.endswith("/messages"):
            self._trouble(platform)
        if call.method == "GET":
            self._look_at(call.query.get("user_id") or dict(_query(call.url)).get("user_id"))
        answer = self._graph.answer(
            Request(
                method=call.method,
                path=path,
                query={**dict(_query(call.url)), **call.query},
                headers={name.lower(): value for name, value in call.headers.items()},
                body=json.loads(json.dumps(call.body)),
            )
        )
        self._look_at(None)
        self._file()
        return self._seen(answer)

    def _seen(self, answer: Any) -> http.Answer:
        if answer.manner in ("stall", "reset"):
            self._clock.at += TIMEOUT if answer.manner == "stall" else timedelta()
            raise SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
        raw = json.dumps(answer.body).encode()
        content = {
            "html_200": b"<html>",
            "html_500": b"<html>",
            "truncated": raw[: len(raw) // 2],
        }.get(answer.manner, raw)
        status = {"html_200": 200, "html_500": 500}.get(answer.manner, answer.status)
        return http.Answer(status, answer.headers, content)

    def _file(self) -> None:
        call = self.world.calls._entries[-1]
        if call.accepted:
            self.world.calls.file(call.recipient, call)  # type: ignore[attr-defined]

    def _told(self, kind: str, lane: str, body: Any) -> None:
        contact_id = lane.rpartition("\x1f")[2]
        if kind in ("message", "native_echo"):
            entry = _Told(kind, lane.partition("\x1f")[0], body)
            self.world.deliveries.file(contact_id, entry)  # type: ignore[attr-defined]
        if kind == "status":
            self._note_statuses(contact_id, body)
        self._tell(kind, lane, body)

    def _note_statuses(self, contact_id: str, body: Any) -> None:
        for status in body["entry"][0]["changes"][0]["value"]["statuses"]:
            for error in status.get("errors", ()):
                self.late_failures.append((error["code"], contact_id, self._clock()))
            pricing = status.get("pricing") or {}
            if status["status"] == "sent" and pricing.get("category") == "service":
                self.paid += [self._clock()] if pricing["billable"] else []

    def _look_at(self, contact_id: str | None) -> None:
        self.world.calls.asked = contact_id  # type: ignore[attr-defined]
        self.world.deliveries.asked = contact_id  # type: ignore[attr-defined]

    def _platform(self, authorization: str) -> str:
        channel = self.world.channel_of(authorization.partition(" ")[2])
        return channel.platform if channel else "messenger"

    def _trouble(self, platform: str) -> None:
        drawn = self._random.randrange(1000)
        for kind, share in TROUBLE.items():
            drawn -= share
            if drawn < 0:
                self._faults.add([Fault(kind=kind)])  # type: ignore[arg-type]
                return
        if drawn < ERRORS_IN_1000:
            code = self._random.choice(ERRORS[platform])
            self._faults.add([Fault(kind="error", code=code, status=500 if code == 2 else 400)])


class _Told:
    """A webhook, as much of it as a look at a conversation shows."""

    def __init__(self, kind: str, channel_id: str, body: Any) -> None:
        self.kind, self.channel_id, self.body = kind, channel_id, body


def _query(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query)
