"""Move the test clock of the local stack: `python -m devtools.clock set ISO | advance 3d | real`.

Every function, the schedules and the stand-in for Meta follow it. Without a word it tells the time.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.adapters.clock import offset, real
from devtools.local_aws import places

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
SPAN = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+")
PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")


def now(path: Path = places.CLOCK) -> datetime:
    """The time that the stack has now."""
    return real() + offset(path)


def set_to(at: datetime, path: Path = places.CLOCK) -> None:
    """From now on it is `at`, and time runs on from there."""
    _save(at - real(), path)


def advance(by: timedelta, path: Path = places.CLOCK) -> None:
    """Time jumps on."""
    _save(offset(path) + by, path)


def go_real(path: Path = places.CLOCK) -> None:
    """The stack has the real time again."""
    path.unlink(missing_ok=True)


def span(text: str) -> timedelta:
    """3d, 2h, 15m, 30s, or several: 1d12h. Raises ValueError."""
    if not SPAN.fullmatch(text):
        raise ValueError(f"expected a span of time such as 3d, 2h, 15m, 30s or 1d12h, not {text!r}")
    parts = ((UNITS[unit], float(number)) for number, unit in PART.findall(text))
    return sum((timedelta(**{unit: number}) for unit, number in parts), timedelta(0))


def moment(text: str) -> datetime:
    """An ISO 8601 time; UTC unless it says otherwise. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _save(ahead: timedelta, path: Path) -> None:
    places.write(path, {"offset_seconds": ahead.total_seconds()})


def main(words: list[str]) -> int:
    try:
        match words:
            case ["set", at]:
                set_to(moment(at))
            case ["advance", by]:
                advance(span(by))
            case ["real"]:
                go_real()
            case []:
                pass
            case _:
                raise ValueError(__doc__)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(now().isoformat(timespec="seconds"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
