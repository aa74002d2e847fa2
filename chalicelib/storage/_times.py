"""Times as DynamoDB keeps them, and dated values: time and fact in one text that sorts by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

from msgspec import Meta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 16
END_OF_TIME = 253_402_300_799_999_999  # the last microsecond of the year 9999

Micros: TypeAlias = Annotated[int, Meta(ge=0, le=END_OF_TIME)]


def micros(at: datetime) -> int:
    """Whole microseconds since 1970: no time is rounded on its way."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def dated(at: datetime, fact: str = "") -> str:
    """One text for both. Of two such texts the greater is the later; at the same time the facts
    decide. So one condition keeps the newest, or the earliest, in whatever order they come."""
    return f"{max(micros(at), 0):0{_DIGITS}d}{fact}"


def undated(text: str) -> tuple[datetime, str]:
    return moment(int(text[:_DIGITS])), text[_DIGITS:]
