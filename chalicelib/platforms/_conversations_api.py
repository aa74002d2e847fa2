"""A look into a conversation at Meta: where to ask, and how to read the answer.

Pages messenger-platform/conversations (2026-02-11) and instagram-platform/.../conversations-api:
one conversation by `user_id`; details of its 20 latest messages only, each with `id`,
`created_time`, `from`, `message`. Two calls per second and Page (rate-limiting, 2026-03-23).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from chalicelib.core.looking import Look, Written

OFFERED_BY = frozenset({"messenger", "instagram"})
CALLS_PER_SECOND = 2.0
_LATEST = 20
_FIELDS = quote(f"messages.limit({_LATEST}){{id,created_time,from,message}}", safe=",.()")


def path(platform: str, node: str, contact_id: str) -> str:
    """Graph path below the version."""
    contact = quote(contact_id, safe="")
    return f"/{node}/conversations?platform={platform}&user_id={contact}&fields={_FIELDS}"


def read(answer: dict[str, Any], contact_id: str) -> Look | None:
    """What the business wrote there; None if the answer leaves open whether that is all."""
    match answer:
        case {"data": [{"messages": {"data": [_, *_] as messages}}]}:
            pass
        case _:
            return None
    try:
        times = [_time(each["created_time"]) for each in messages]
        written = tuple(_written(messages, times, contact_id))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return Look(written, None if len(messages) < _LATEST else min(times))


def _written(
    messages: list[dict[str, Any]], times: list[datetime], contact_id: str
) -> Iterator[Written]:
    for message, at in zip(messages, times, strict=True):
        if str(message["from"]["id"]) != contact_id:
            yield Written(str(message["id"]), at, message.get("message") or None)


def _time(value: object) -> datetime:
    """ISO 8601 as in "2026-11-21T12:00:00+0000"; one of the pages shows seconds since 1970."""
    text = str(value)
    at = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its offset")
    return at.astimezone(UTC)
