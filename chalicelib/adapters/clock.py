"""The clock: real time, or in stage local the test clock that all programs of the stack share."""

from __future__ import annotations

import json
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


def real() -> datetime:
    return datetime.now(UTC)


def offset(path: Path) -> timedelta:
    """How far the test clock is ahead; nothing if nobody has moved it."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return timedelta(0)
    return timedelta(seconds=content["offset_seconds"])
