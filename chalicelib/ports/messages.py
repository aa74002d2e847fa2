"""Where messages are kept, and which of them are due, lost or to be looked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chalicelib.core.messages import Author, Listing, Message, MessageFact, State, Status
    from chalicelib.ports.values import MessagePage


class Messages(Protocol):
    def record(self, message: Message) -> bool:
        """Store what somebody else wrote. True if it was new. Merges with edits, reactions,
        statuses and unsends that came before it; after an unsend no content is stored."""

    def edit(
        self, conversation_id: str, message_id: str, text: str | None, at: datetime
    ) -> None: ...
    def delete(self, conversation_id: str, message_id: str, at: datetime) -> None:
        """Remove the content, keep a tombstone."""

    def react(
        self,
        conversation_id: str,
        message_id: str,
        *,
        emoji: str | None,
        is_by_business: bool,
        at: datetime,
    ) -> None: ...
    def status(
        self,
        conversation_id: str,
        message_id: str,
        status: Status,
        at: datetime,
        *,
        failure: str | None = None,
        facts: dict[str, Any] | None = None,
        listing: Listing | None = None,
    ) -> Message | None:
        """Add a dated status; the earliest date of each is kept. One write, no read, also before
        the row exists. A late failure of one of ours is listed with the failed sends. Returns the
        row as it stands, None if there is none yet."""

    def load(self, conversation_id: str, message_id: str) -> Message | None:
        """The row alone, perhaps a moment old: what came under the platform's id of one of ours is
        in `history`."""

    def load_now(self, conversation_id: str, message_id: str) -> Message | None:
        """As `load`, but as it stands this moment; twice the price."""

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        """All messages, oldest first (time, then id), consistent; facts stored under a platform id
        of ours are merged in."""

    def reclassify(self, message: Message, author: Author) -> None: ...

    def plan(self, message: Message) -> Message:
        """Store a PLANNED row with its `due_at` unless the row exists; returns the row as it
        stands."""

    def refuse(self, message: Message) -> Message:
        """Store a REFUSED row unless the row exists in another state than PLANNED; returns the row
        as it stands. What was planned before is listed with the failed sends."""

    def claim(self, message: Message) -> Message | None:
        """Store a CLAIMED row (with `lease_until`), new or from PLANNED. None if we have it, else
        the row in the way. One winner; a lost answer of our own write counts as won. What was
        planned before is listed with the unknown sends, for the end of its lease: nobody would
        bring it again if its worker died."""

    def settle(
        self,
        conversation_id: str,
        message_id: str,
        state: State,
        *,
        platform_message_id: str | None = None,
        failure: str | None = None,
        due_at: datetime | None = None,
        listing: Listing | None = None,
        entry: str | None = None,
    ) -> Message | None:
        """The outcome of a claimed row: SENT, FAILED, UNKNOWN, or PLANNED again with `due_at` and a
        `listing` that names the channel. `entry` is added to its ledger if it becomes that.
        FAILED and UNKNOWN are listed. SENT sticks, and leaves the lists unless the platform
        reported a late failure. Returns the row as it stands, None if there is none."""

    def gone_wrong(
        self, channel_id: str, state: State, *, cursor: str | None, limit: int
    ) -> MessagePage:
        """The listed rows of a channel, FAILED or UNKNOWN, the latest first; perhaps a moment old.
        A page may hold fewer than `limit`. Raises ValueError for a cursor of somebody else."""

    def to_look_for(
        self, channel_id: str, *, before: datetime, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """(conversation_id, message_id) of unknown sends whose time to look has come, the longest
        first; without scanning."""

    def mark_resent(self, conversation_id: str, message_id: str, attempt_id: str) -> Message | None:
        """Name the attempt that makes it again: the first one wins and stays; what proved to be
        sent takes none. It leaves the lists. Returns the row as it stands, None if there is
        none."""

    def postpone(self, message: Message, due_at: datetime) -> None:
        """A PLANNED row becomes due at another time."""

    def keep_raw(self, conversation_id: str, event_id: str, raw: bytes, at: datetime) -> None:
        """Keep the Item of an event that makes no message of its own, as long as a message."""

    def due(self, channel_id: str, *, before: datetime) -> Iterator[tuple[str, str]]:
        """(conversation_id, message_id) of a channel's planned rows whose time has come, oldest
        first; read as far as they are taken, without scanning."""

    def due_of_old(self, *, before: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        """The same of all channels, of rows that a release before planned; `postpone` moves one to
        its channel."""

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        """All messages received or sent on this local day, oldest first."""

    def each_of_day(self, channel_id: str, day: str) -> Iterator[MessageFact]:
        """The same one by one, in no order: a busy day need not be held in memory."""

    def note(self, conversation_id: str, message_id: str, entry: str) -> None:
        """Add an entry to the ledger of a row that is there; twice is once."""

    def attempts(
        self, channel_id: str, days: Iterable[str], *, since: datetime, until: datetime
    ) -> Iterator[MessageFact]:
        """What we sent or tried to send on these local days, by the time of its last attempt: from
        `since` on and before `until`, oldest first, without scanning. What is being sent at this
        moment, or waits for its first attempt, is not among them."""

    def forget(self, conversation_id: str, at: datetime) -> Iterator[None]:
        """Remove what was said and what the policy was asked, as of an unsent message; what is
        planned is sent no more. One by one, as far as it is taken; the rest by taking it again."""

    def load_all(self, keys: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
        """The rows with these (conversation_id, message_id), in this order, as far as they are
        there; perhaps a moment old."""
