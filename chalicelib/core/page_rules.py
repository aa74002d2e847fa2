"""The rules of Meta's page metric, as dated data.

Meta documents no formula and no public edge; what is known comes from its help text as third
parties quote it (facebook.com/business/help/1614127545388596, quotations read 2026-11-21). They
agree on the badge (at least 90 %, under 15 minutes), on 24 hours of silence, and that spam, what is
moved to done and what comes while the Page is away do not count. They disagree on the days: 30
with the mean of the fastest 90 %, or 7. We build on the first; the second is a channel's choice.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from chalicelib.core.messages import PERSONS, Author

_HELP_TEXT = "facebook.com/business/help/1614127545388596, as quoted, read 2026-11-21"


class PageRule(Struct, frozen=True, kw_only=True):
    """How the page metric counts, from `effective_from` on (None: ever since)."""

    days: int  # up to the last counted conversation
    effective_from: date | None = None
    silence: timedelta = timedelta(hours=24)  # without a message of either side; exactly is enough
    # Ours: without an end no rate would ever be final. After it the next conversation may begin.
    answered_within: timedelta = timedelta(hours=24)
    # Instant and away replies do not count; whether those of other apps' bots do is disputed.
    answers: frozenset[Author] = PERSONS
    fewest: int = 10  # with fewer conversations in these days, so many of the last ones count
    fastest_percent: int = 90
    rate_from: float = 0.9
    time_below: timedelta = timedelta(minutes=15)
    source: str = _HELP_TEXT


RULES = (PageRule(days=30), PageRule(days=7))


def rule_for(days: int, on: date) -> PageRule:
    """The rule of this window that held on the day: the latest that had begun."""
    known = [rule for rule in RULES if rule.days == days]
    begun = [rule for rule in known if (rule.effective_from or date.min) <= on]
    return max(begun, key=lambda rule: rule.effective_from or date.min)
