"""Response rate: of the waits that customers began, the share that a person ended within 24 hours.

A wait counts once it was answered, however late, or is 24 hours old; younger open ones are pending.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.conversation import Wait
from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Counts, Metric, Result, Unit

ANSWERED_WITHIN = timedelta(hours=24)  # exactly 24:00:00 is within


def count(day: DayActivity) -> Counts:
    due = [wait for wait in day.waits if _is_due(wait, day)]
    return {
        "answered": sum(_is_answered_in_time(wait) for wait in due),
        "due": len(due),
        "pending": len(day.waits) - len(due),
    }


def read(counts: Counts) -> Result:
    due, pending = counts.get("due", 0), counts.get("pending", 0)
    return Result(counts["answered"] / due if due else None, due, pending)


def _is_due(wait: Wait, day: DayActivity) -> bool:
    return wait.answered_at is not None or day.as_of - wait.opened_at >= ANSWERED_WITHIN


def _is_answered_in_time(wait: Wait) -> bool:
    return wait.answered_at is not None and wait.answered_at - wait.opened_at <= ANSWERED_WITHIN


METRIC = Metric("response_rate", "1", Unit.SHARE, count, read)
