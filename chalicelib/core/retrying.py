"""When to try a send again: exponential, and never after it stopped being allowed."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)
TOO_LATE = "too_late_to_retry"  # why it failed: its next try would come after its deadline


def next_try(
    now: datetime, tries: int, *, retry_after_seconds: float | None, deadline: datetime | None
) -> datetime | None:
    """The time of the next try after `tries` that failed, not before the platform's wish; None once
    it would be too late."""
    wait = min(FIRST * 2 ** min(tries, 10), LONGEST)
    at = now + max(wait, timedelta(seconds=retry_after_seconds or 0))
    return None if deadline is not None and at >= deadline else at


def pair_wait_seconds(tries: int) -> float:
    """After too many messages to one person: 4^X seconds, X failures before this one
    (whatsapp/support/error-codes 131056, 2025-11-19)."""
    return float(min(4 ** min(tries, 10), LONGEST.total_seconds()))
