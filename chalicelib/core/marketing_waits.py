"""How long a customer gets no marketing template after WhatsApp refused one.

Rules: error codes (WhatsApp, 2025-11-19): 131049, Meta limits marketing to each user, wait at least
24 hours and do not hammer; 130472, the user is in a group that gets none; changelog, 2026-04-30:
repeated tries count against the business. How much longer is our own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

USER_LIMIT, EXPERIMENT = 131049, 130472
FIRST_WAIT = timedelta(hours=24)
LONGEST_WAIT = timedelta(days=7)
# After a refusal this much later the first wait is enough again.
FORGOTTEN_AFTER = timedelta(days=14)


class MarketingWait(Struct, frozen=True):
    """Refused at `since` with `code`; no marketing before `until`."""

    since: datetime
    until: datetime
    code: int


def wait_after(known: MarketingWait | None, code: int | None, at: datetime) -> MarketingWait | None:
    """The wait after a refusal with this code at that time; the known one if it came before, or
    says the same. None for other codes: they hold nothing. Each refusal within two weeks of the
    last doubles the wait, up to seven days; a group of an experiment waits seven days at once."""
    if code not in (USER_LIMIT, EXPERIMENT):
        return None
    if known and at <= known.since:
        return known
    return MarketingWait(at, at + _length(known, code, at), code)


def _length(known: MarketingWait | None, code: int, at: datetime) -> timedelta:
    if code == EXPERIMENT:
        return LONGEST_WAIT
    if known is None or at - known.since >= FORGOTTEN_AFTER:
        return FIRST_WAIT
    return min(2 * (known.until - known.since), LONGEST_WAIT)
