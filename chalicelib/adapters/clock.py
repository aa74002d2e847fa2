"""The clock: real time, or in stage local the test clock that all programs of the stack share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.config import Settings


def clock(settings: Settings) -> Callable[[], datetime]:
    """What `Runtime.now` is. `config.load` has refused the test clock in every stage but local."""
    if settings.test_clock is None:
        return real
    path = Path(settings.test_clock)
    return lambda: real() + offset(path)


def stopwatch(settings: Settings) -> Callable[[], float]:
    """Seconds that pass, to tell how old a remembered value is.

    A test clock that is moved, forward or back, lets as many seconds pass.
    """
    if settings.test_clock is None:
        return time.monotonic
    return _MovedSeconds(Path(settings.test_clock))


def real() -> datetime:
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Not at all where the turn that was waited for came before we got here."""
    time.sleep(max(0, seconds))


def offset(path: Path) -> timedelta:
    """How far the test clock is ahead; nothing if nobody has moved it."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return timedelta(0)
    return timedelta(seconds=content["offset_seconds"])


class _MovedSeconds:
    def __init__(self, path: Path) -> None:
        self._path, self._offset, self._moved = path, offset(path), timedelta(0)

    def __call__(self) -> float:
        now = offset(self._path)
        self._moved += abs(now - self._offset)
        self._offset = now
        return time.monotonic() + self._moved.total_seconds()
