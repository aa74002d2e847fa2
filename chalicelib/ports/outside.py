"""The world outside that is no table: Meta, secrets, queues, the quarantine, the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chalicelib.core.channel import ChannelSettings
    from chalicelib.platforms import Accepted, GraphRequest
    from chalicelib.platforms._connecting import Answer, Call
    from chalicelib.ports.values import DayWanted, LaneWanted, QueueEntry, QueueRecord


class Sender(Protocol):
    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        """One POST, never repeated here. Raises SendError."""

    def get(
        self, channel: ChannelSettings, path: str, host: str, *, per_second: float | None = None
    ) -> dict[str, Any] | None:
        """A look-up such as a profile; None on any failure, which is logged. Waits its turn if this
        process may make only so many of the channel's look-ups `per_second`."""


class GraphAdmin(Protocol):
    def call(self, call: Call, token: str) -> Answer:
        """One call that is no message, made once. Raises nothing: what nobody answered has no
        status."""


class Secrets(Protocol):
    def app_secrets(self) -> tuple[bytes, ...]: ...
    def verify_token(self) -> str | None: ...
    def refresh(self) -> bool:
        """Read the app secrets and the verify token again, at most once in 30 seconds. True if
        they were read."""

    def access_token(self, channel: ChannelSettings) -> str | None: ...


class ChannelSecrets(Protocol):
    """As `Secrets`, for who connects channels."""

    def app_secrets(self) -> tuple[bytes, ...]: ...
    def verify_token(self) -> str | None: ...
    def access_token(self, channel: ChannelSettings) -> str | None: ...
    def keep_access_token(self, name: str, token: str) -> None:
        """Store the token, encrypted, under this name in place of the one before. Raises
        NotKeptError."""


class Quarantine(Protocol):
    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        """Keep what we could not read or place; returns its id, the same for the same body. Raises
        NotKeptError."""


class Queue(Protocol):
    def send(self, entries: Sequence[QueueEntry]) -> tuple[int, ...]:
        """Send in batches; returns the positions that the queue refused (empty: all taken). Raises
        nothing for those."""


class Backlog(Protocol):
    """A queue to be worked off."""

    def take(self) -> tuple[QueueRecord, ...]:
        """Up to ten records, which nobody else gets for some time; none if there are no more. What
        is not deleted comes again."""

    def delete(self, record: QueueRecord) -> None: ...


class DayRequests(Protocol):
    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        """Have each computed soon, perhaps more than once; returns the positions refused (empty:
        all taken). Raises nothing for those."""


class LaneRequests(Protocol):
    def ask(self, lanes: Sequence[LaneWanted]) -> tuple[int, ...]:
        """Have each worked on soon, perhaps more than once; returns the positions refused (empty:
        all taken). Raises nothing for those."""


class Log(Protocol):
    def info(self, event: str, **facts: object) -> None:
        """One line of JSON: ids and codes, never text, names, phones or secrets."""

    def warning(self, event: str, **facts: object) -> None: ...
    def count(self, metric: str, **dimensions: str) -> None:
        """A counter in CloudWatch, by embedded metric format."""
