"""The kinds of values in requests. Each is checked, named in refusals and shown to the world
(openapi.py) by the one declaration here: the description says what is expected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta

# Python's $ matches before a last line break too; other dialects' does not.
_END = r"$(?!\n)"
# Line breaks and tabs belong in a message; the other control characters belong nowhere.
_WRITTEN = r"^(?=[\s\S]*\S)[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*" + _END


def _written(longest: int) -> Meta:
    return Meta(
        min_length=1,
        max_length=longest,
        pattern=_WRITTEN,
        description=f"a text of 1 to {longest} characters without control characters",
    )


def _matching(pattern: str, description: str) -> Meta:
    return Meta(pattern=f"^{pattern}{_END}", description=description)


Id = Annotated[str, _matching("[0-9A-Za-z_.-]{1,64}", "an id of letters, digits, '.', '_' and '-'")]
Cursor = Annotated[str, _matching("[!-~]{1,6000}", "the next_cursor of an earlier page")]
Limit = Annotated[int, Meta(ge=1, le=100, description="a whole number from 1 to 100")]
# More than any platform takes (WhatsApp: 4096); the use case knows the platform and its limit.
Text = Annotated[str, _written(5000)]
Name = Annotated[str, _written(100)]
Topic = Annotated[str, _written(64)]
IdempotencyKey = Annotated[
    str, _matching("[!-~]{1,200}", "a header of 1 to 200 visible ASCII characters")
]
Day = Annotated[date, Meta(description="a day of this century such as 2026-11-21")]
Moment = Annotated[
    datetime,
    Meta(tz=True, description="an ISO 8601 time with its offset, such as 2026-11-21T14:00:00Z"),
]
ETags = Annotated[
    str | None,
    Meta(description='entity tags such as "3", or *'),
]

# What a view may ask for by the name on the left: the header and its kind.
HEADERS: dict[str, tuple[str, Any]] = {
    "idempotency_key": ("Idempotency-Key", IdempotencyKey),
    "if_match": ("If-Match", ETags),
    "if_none_match": ("If-None-Match", ETags),
}
