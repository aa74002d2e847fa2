"""The fakes of what is no table: Meta, secrets, queues, the quarantine, the log; and a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.channel import ChannelSettings
from chalicelib.platforms import Accepted, GraphRequest
from chalicelib.ports import DayWanted, QueueEntry, QueueRecord


class FakeSender:
    """Remembers every post. `outcomes` come first, one per post: an `Accepted`, or an error."""

    def __init__(self) -> None:
        self.posts: list[tuple[ChannelSettings, GraphRequest]] = []
        self.outcomes: list[Accepted | BaseException] = []
        self.answers: dict[str, dict[str, Any]] = {}  # path -> what a look-up answers
        self.looked_up: list[str] = []

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for _, request in self.posts]

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self.posts.append((channel, request))
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"mid.{len(self.posts)}")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def get(
        self, channel: ChannelSettings, path: str, host: str, *, per_second: float | None = None
    ) -> dict[str, Any] | None:
        self.looked_up.append(path)
        return self.answers.get(path)


class FakeSecrets:
    def __init__(
        self,
        *,
        app_secrets: tuple[bytes, ...] = (b"app-secret",),
        verify_token: str | None = "verify-token",  # noqa: S107
        access_token: str | None = "access-token",  # noqa: S107
    ) -> None:
        self._app_secrets, self._verify_token = app_secrets, verify_token
        self._access_token = access_token

    def app_secrets(self) -> tuple[bytes, ...]:
        return self._app_secrets

    def verify_token(self) -> str | None:
        return self._verify_token

    def access_token(self, channel: ChannelSettings) -> str | None:
        return self._access_token


class FakeQuarantine:
    def __init__(self) -> None:
        self.kept: list[tuple[bytes, str, datetime]] = []

    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        self.kept.append((body, reason, at))
        return f"quarantined-{len(self.kept)}"


class FakeQueue:
    """Takes everything, unless told by `refusing` which calls refuse which positions."""

    def __init__(self) -> None:
        self.entries: list[QueueEntry] = []
        self.refusing: list[tuple[int, ...]] = []  # one tuple of positions per coming call

    def send(self, entries: Sequence[QueueEntry]) -> tuple[int, ...]:
        refused = self.refusing.pop(0) if self.refusing else ()
        self.entries += [entry for place, entry in enumerate(entries) if place not in refused]
        return refused


class FakeBacklog:
    """Gives each record once; `left` are those that were not deleted. Taking two at a time."""

    def __init__(self, *bodies: str) -> None:
        self.left = [QueueRecord(body, f"receipt-{n}") for n, body in enumerate(bodies)]
        self._waiting = list(self.left)

    def take(self) -> tuple[QueueRecord, ...]:
        taken, self._waiting = self._waiting[:2], self._waiting[2:]
        return tuple(taken)

    def delete(self, record: QueueRecord) -> None:
        self.left.remove(record)


class FakeDayRequests:
    """Takes every day, unless told by `refusing` which calls refuse which positions."""

    def __init__(self) -> None:
        self.days: list[DayWanted] = []
        self.refusing: list[tuple[int, ...]] = []  # one tuple of positions per coming call

    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        refused = self.refusing.pop(0) if self.refusing else ()
        self.days += [day for place, day in enumerate(days) if place not in refused]
        return refused


class FakeLog:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []
        self.counts: Counter[str] = Counter()

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]

    def info(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def warning(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def count(self, metric: str, **dimensions: str) -> None:
        self.counts[metric] += 1


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)
