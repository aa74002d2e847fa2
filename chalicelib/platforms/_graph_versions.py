"""When Meta switches a version of the Graph API off: page graph-api/changelog/versions (read after
2026-07-29). v26.0 has no end date yet."""

from __future__ import annotations

import re
from datetime import date

VERSION_ENDS = {
    "v18.0": date(2026, 1, 26),
    "v19.0": date(2026, 5, 21),
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
WARN_DAYS = 90


def end_of(version: str) -> date | None:
    """The day; of a version before all these the day of the first, by which it was gone. None if no
    date is known."""
    first = next(iter(VERSION_ENDS))
    is_before = _numbers(version) and _numbers(version) < _numbers(first)
    return VERSION_ENDS.get(first if is_before else version)


def days_left(version: str, today: date) -> int | None:
    """Days until Meta switches this version off; negative afterwards, None if no date is known."""
    end = end_of(version)
    return None if end is None else (end - today).days


def _numbers(version: str) -> tuple[int, ...]:
    found = re.fullmatch(r"v(\d+)\.(\d+)", version)
    return tuple(int(number) for number in found.groups()) if found else ()
