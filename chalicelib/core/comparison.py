"""How a period's totals differ from those of the period before."""

from __future__ import annotations

from typing import TypeAlias

from chalicelib.core.metrics import Unit, Value

Change: TypeAlias = int | float | dict[str, int | float | dict[str, int | float]] | None
_DIGITS = 6  # of a difference of shares


def change(now: Value, before: Value, unit: Unit) -> Change:
    """What was added, negative where it became less, in the unit of the values; where they have
    parts, part by part. None unless both are known; of scores, which begin nowhere, the scales that
    both have."""
    match now, before:
        case dict(), dict():
            names = now.keys() & before.keys() if unit is Unit.SCORE else {*now, *before}
            parts = {
                name: _of_part(now.get(name, 0), before.get(name, 0)) for name in sorted(names)
            }
            return parts or None
        case ((int() | float()), (int() | float())):
            return _difference(now, before)
    return None


def _of_part(
    now: int | dict[str, int | float], before: int | dict[str, int | float]
) -> int | float | dict[str, int | float]:
    if isinstance(now, int) and isinstance(before, int):
        return _difference(now, before)
    parts, parts_before = (each if isinstance(each, dict) else {} for each in (now, before))
    names = sorted({*parts, *parts_before})
    return {name: _difference(parts.get(name, 0), parts_before.get(name, 0)) for name in names}


def _difference(now: float, before: float) -> int | float:
    difference = now - before
    return round(difference, _DIGITS) if isinstance(difference, float) else difference
