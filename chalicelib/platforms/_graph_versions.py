"""When Meta switches a version of the Graph API off: page graph-api/changelog/versions (read after
2026-07-29). v26.0 has no end date yet."""

from __future__ import annotations

from datetime import date

VERSION_ENDS = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
WARN_DAYS = 90


def days_left(version: str, today: date) -> int | None:
    """Days until Meta switches this version off; negative afterwards, None if no date is known."""
    end = VERSION_ENDS.get(version)
    return None if end is None else (end - today).days
