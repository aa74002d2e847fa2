"""Where readings, feedback and the digests of the ledger are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.core.day_activity import LocalDay, Run
    from chalicelib.core.digests import Digest, Part
    from chalicelib.core.feedback import Feedback
    from chalicelib.core.metrics import Reading


class Readings(Protocol):
    def save(self, readings: Sequence[Reading]) -> None: ...
    def of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """The readings of these days, both included, in the order of day and metric."""

    def remembered(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """As `of_days`, at most ten minutes old."""

    def newest_first(self, channel_id: str, first: str, last: str) -> Iterator[Reading]:
        """The same backwards, read from the store as far as they are taken."""

    def save_answerers(self, channel_id: str, day: str, readings: Sequence[Reading]) -> None:
        """The readings of who answered on this day: those and no others."""

    def answerers_of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """In the order of day and answerer."""

    def runs(self, channel_id: str, *, since: str = "") -> dict[str, Run]:
        """How the metrics of each local day from `since` on were last computed; if none was, those
        of the latest ten days before."""

    def save_run(self, channel_id: str, day: str, run: Run) -> None: ...
    def cut(self, channel_id: str, day: str) -> LocalDay | None:
        """How this day was cut when it was first computed; None if it was not."""

    def keep_cut(self, local_day: LocalDay) -> LocalDay:
        """Keep how the day is cut unless that was kept before; returns what is kept."""

    def keep_feedback(self, feedback: Feedback) -> None:
        """Keep it among those of its day, of the same one the later; again changes nothing."""

    def feedback_of_day(self, channel_id: str, day: str) -> tuple[Feedback, ...]:
        """What customers of the channel said on this local day, oldest first."""


class Digests(Protocol):
    """The hourly digests of each channel's ledger."""

    def last(self, channel_id: str) -> Digest | None: ...
    def all(self, channel_id: str) -> Iterator[Digest]:
        """The oldest first; read as far as they are taken."""

    def save(self, digest: Digest) -> bool:
        """Store it unless the hour has one: of two writers one wins. A lost answer of our own write
        counts as stored."""

    def save_part(self, channel_id: str, hour: str, number: int, hashed: str, part: Part) -> None:
        """Keep a part of an hour's digest, before the digest itself."""

    def part(self, channel_id: str, hour: str, number: int, hashed: str) -> Part | None: ...
