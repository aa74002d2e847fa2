"""Page response rate, in Meta's style: of the conversations that began, the share answered.

One begins with a customer's first message after 24 hours without a message of either side; it is
answered by a person's first reply within 24 hours. What begins while the business is closed and
its away message is on is left out. The last ten outcomes of a day are kept one by one, because
after quiet weeks Meta counts the last ten conversations, whenever they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import nlargest

from chalicelib.core.metrics import (
    LEFT_OUT,
    NOT_COUNTED,
    PENDING,
    Counts,
    Fact,
    Metric,
    Outcome,
    Unit,
    _durations,
)
from chalicelib.core.metrics._counting import share_answered
from chalicelib.core.metrics._page_facts import ANSWERED, facts
from chalicelib.core.page_rules import RULES

KEPT = max(rule.fewest for rule in RULES)


def count(counted: Iterable[Fact]) -> Counts:
    found = Counter(fact.counted_as for fact in counted)
    return {
        "answered": found[ANSWERED],
        "due": found.total() - found[PENDING] - found[LEFT_OUT],
        "left_out": found[LEFT_OUT],
        "pending": found[PENDING],
    }


def latest(counted: Iterable[Fact]) -> tuple[Outcome, ...]:
    due = (fact for fact in counted if fact.counted_as not in NOT_COUNTED)
    last = nlargest(KEPT, due, key=lambda fact: (fact.at, fact.conversation_id))
    return tuple((fact.at, _seconds(fact)) for fact in last)


def _seconds(fact: Fact) -> int | None:
    if fact.answered_at is None:
        return None
    return _durations.whole_seconds(fact.answered_at - fact.at)


METRIC = Metric("page_response_rate", "1", Unit.SHARE, facts, count, share_answered, latest=latest)
