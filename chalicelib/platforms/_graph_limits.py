"""How long to wait and how close to the limit we are, by the headers of a Graph answer.

The usage headers' exact form is not documented well: read tolerantly, absence means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

_USAGE_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_PERCENTAGES = ("call_count", "total_cputime", "total_time")
_LONGEST_WAIT_SECONDS = 24 * 3600.0
_ABSURD = 1e9


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """`Retry-After`, else the longest "estimated time to regain access" (minutes); None unknown."""
    lowered = _lowered(headers)
    wait = _retry_after(lowered.get("retry-after", ""), lowered.get("date", ""))
    if wait is None:
        minutes = [_number(use, "estimated_time_to_regain_access") for use in _usages(lowered)]
        wait = max(minutes, default=0.0) * 60 or None
    return None if wait is None else min(wait, _LONGEST_WAIT_SECONDS)


def usage_percent(headers: Mapping[str, str]) -> float:
    """The highest share of a limit that any usage header reports; 0 without them."""
    uses = _usages(_lowered(headers))
    return max((_number(use, key) for use in uses for key in _PERCENTAGES), default=0.0)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _retry_after(value: str, date: str) -> float | None:
    """Seconds, or a date that is read against the answer's own `Date`."""
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = _moment(value), _moment(date)
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _usages(headers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every flat usage object, also those listed by business id."""
    for name in _USAGE_HEADERS:
        yield from _flat(_decoded(headers.get(name, "")))


def _decoded(value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _flat(usage: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(usage, dict):
        return
    yield usage
    for uses in usage.values():
        if isinstance(uses, list):
            yield from (use for use in uses if isinstance(use, dict))


def _number(use: Mapping[str, Any], key: str) -> float:
    value = use.get(key)
    return float(value) if isinstance(value, int | float) and 0 <= value < _ABSURD else 0.0
