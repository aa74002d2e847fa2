"""Local days when nobody knows the zone: a row is filed by the day of the zone that its channel had
when it was written, and a channel may change its zone."""

from __future__ import annotations

from datetime import datetime, timedelta

WEST, EAST = timedelta(hours=12), timedelta(hours=14)  # the zones farthest from UTC
_DAY = timedelta(days=1)


def between(since: datetime, until: datetime) -> list[str]:
    """The local days in which a moment from `since` until `until`, both UTC, may lie, in any zone;
    ISO, the first one first."""
    first, last = (since - WEST).date(), (until + EAST).date()
    return [(first + number * _DAY).isoformat() for number in range((last - first).days + 1)]
