"""Response rate: of the waits that customers began, the share that a person ended within 24 hours.

A wait counts once it was answered, however late, or is 24 hours old; younger open ones are pending.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from chalicelib.core.conversation import Wait
from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import PENDING, Counts, Fact, Metric, Unit
from chalicelib.core.metrics._counting import share_answered

ANSWERED_WITHIN = timedelta(hours=24)  # exactly 24:00:00 is within
IN_TIME, LATE, UNANSWERED = "answered_in_time", "answered_late", "unanswered"


def facts(day: DayActivity) -> Iterator[Fact]:
    return (
        Fact(
            conversation_id=wait.conversation_id,
            at=wait.opened_at,
            counted_as=_counted_as(wait, day),
            answered_at=wait.answered_at,
            answered_by=wait.answered_by,
            answered_name=wait.answered_name,
        )
        for wait in day.waits
    )


def count(counted: Iterable[Fact]) -> Counts:
    found = Counter(fact.counted_as for fact in counted)
    return {
        "answered": found[IN_TIME],
        "due": found.total() - found[PENDING],
        "pending": found[PENDING],
    }


def _counted_as(wait: Wait, day: DayActivity) -> str:
    if wait.answered_at is not None:
        return IN_TIME if wait.answered_at - wait.opened_at <= ANSWERED_WITHIN else LATE
    return UNANSWERED if day.as_of - wait.opened_at >= ANSWERED_WITHIN else PENDING


METRIC = Metric("response_rate", "1", Unit.SHARE, facts, count, share_answered, is_of_waits=True)
