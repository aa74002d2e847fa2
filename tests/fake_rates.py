"""The fake of Rates: rows in memory, and the arithmetic of core."""

from __future__ import annotations

from datetime import datetime
from threading import RLock

from msgspec.structs import replace

from chalicelib.core import rate_limits
from chalicelib.core.rate_limits import Ask, Grant, Shared


class FakeRates:
    def __init__(self) -> None:
        self.rows: dict[str, Shared] = {}
        self.leases: list[Ask] = []  # that were granted
        self._lock = RLock()

    def lease(self, ask: Ask, at: datetime) -> Grant:
        with self._lock:
            row = self.rows.get(ask.key, Shared())
            is_paused = row.paused_until is not None and row.paused_until > at
            tokens = 0 if is_paused else rate_limits.fitting(ask, row.full_at, at)
            if tokens:
                full_at = max(row.full_at or at, at) + tokens * ask.interval
                row = self.rows[ask.key] = replace(row, full_at=full_at)
                self.leases.append(ask)
            return Grant(tokens, row)

    def pause(self, key: str, until: datetime) -> None:
        row = self.rows.get(key, Shared())
        self.rows[key] = replace(row, paused_until=max(row.paused_until or until, until))

    def slow_down(self, key: str, share: float, until: datetime) -> None:
        row = self.rows.get(key, Shared())
        self.rows[key] = replace(row, slow_until=until, share=share)
