"""The test clock: real time plus the offset in a small JSON file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Tells the time; a missing or half-written file means real time."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def _offset(self) -> timedelta:
        if self._path is None:
            return timedelta()
        try:
            return timedelta(seconds=float(json.loads(self._path.read_text())["offset_seconds"]))
        except (OSError, ValueError, KeyError, TypeError):
            return timedelta()
