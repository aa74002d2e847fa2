"""What Meta tells by webhook, and when we know of it: the time between is nobody's fault."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.ports import QueueEntry
from tests.fake_esm import FakeEsm, Waiting


class News:
    """One webhook. `known_at`: when its event had been worked off; None: it has not."""

    __slots__ = ("kind", "known_at", "since")

    def __init__(self, kind: str, since: datetime) -> None:
        self.kind, self.since = kind, since
        self.known_at: datetime | None = None

    def is_on_its_way(self, at: datetime) -> bool:
        """It has happened, and we do not know it yet."""
        return self.since <= at and not self.is_known(at)

    def is_known(self, at: datetime) -> bool:
        return self.known_at is not None and self.known_at < at

    def know(self, at: datetime) -> None:
        self.known_at = self.known_at or at


class TellingQueue(FakeEsm):
    """The queue of what comes in, which tells when each piece of news has been worked off."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.bringing: News | None = None  # what is being put in
        self._of: dict[int, News] = {}

    def hand_over(self, batch: list[Waiting]) -> None:
        super().hand_over(batch)
        left = {each.number for each in self._queue}
        for each in batch:
            if each.number not in left and each.number in self._of:
                self._of.pop(each.number).know(self.clock())

    def _add(self, entry: QueueEntry, now: datetime) -> None:
        super()._add(entry, now)
        if self.bringing:
            self._of[self._number] = self.bringing
