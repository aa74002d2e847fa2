"""List a channel's conversations by what is still allowed in them, what ends soonest first.

All that may be answered moved within the last seven days: these days' index is walked, the newest
first, and sorted here. So nothing is written when a window closes, and no table is scanned.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec
from msgspec import Struct

from chalicelib.core.closing import Allowed, Closing, Facts, by_consent, by_words, urgency
from chalicelib.core.conversation import Conversation
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    channel_block,
    find_contact,
    own_window,
    read_channel,
)
from chalicelib.usecases.errors import InvalidInput

LONGEST = timedelta(days=7)  # no window and no tag lasts longer
MOST = 5000  # conversations that are looked at; the newest of a channel with more
_PAGE = 100

_Place: TypeAlias = tuple[int, datetime, str]  # class, end, conversation


class ClosingPage(Struct, frozen=True):
    """Conversations with what is allowed in each; `next_cursor` is opaque, None at the end."""

    items: tuple[tuple[Conversation, Closing], ...]
    next_cursor: str | None


def run(channel_id: str, *, cursor: str | None, limit: int, rt: Runtime) -> ClosingPage:
    """A page of the conversations that moved within seven days, as it stands at this moment: those
    that anybody may answer, those that a person may, then the rest. Raises NotFound,
    InvalidInput."""
    channel, at = read_channel.run(channel_id, rt), rt.now()
    after = _position(cursor) if cursor else None
    is_blocked = channel_block.is_on(channel_id, rt)
    facts = Facts(channel, is_blocked)
    found = sorted(
        ((_place(row, by_words(row, facts, at)), row) for row in _moved(channel_id, at, facts, rt)),
        key=lambda each: each[0],
    )
    rest = [each for each in found if after is None or each[0] > after]
    items = tuple((row, _closing(row, facts, at, rt)) for _, row in rest[:limit])
    return ClosingPage(items, _cursor(rest[limit - 1][0]) if len(rest) > limit else None)


def _moved(channel_id: str, at: datetime, facts: Facts, rt: Runtime) -> Iterator[Conversation]:
    """Those that moved within the seven days, as the policy sees them."""
    cursor, seen = None, 0
    while seen < MOST:
        page = rt.conversations.newest(channel_id, cursor=cursor, limit=_PAGE)
        for row in page.items:
            if row.last_moved_at is None or row.last_moved_at <= at - LONGEST:
                return
            yield own_window.run(row, facts.channel, rt)
        seen, cursor = seen + len(page.items), page.next_cursor
        if cursor is None:
            return


def _closing(row: Conversation, facts: Facts, at: datetime, rt: Runtime) -> Closing:
    """Consents are read for what is shown alone."""
    by_reply = by_words(row, facts, at)
    if by_reply:
        return by_reply
    keys = find_contact.run(row, rt).keys
    consents = rt.opt_ins.consents(*(key.conversation_id for key in keys))
    return by_consent(row, consents, facts, at)


def _place(row: Conversation, closing: Closing | None) -> _Place:
    return (*urgency(closing), row.conversation_id)


def _cursor(place: _Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _position(cursor: str) -> _Place:
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = msgspec.convert(msgspec.json.decode(packed), tuple[int, datetime, str])
    except (ValueError, binascii.Error) as error:  # msgspec's errors are ValueErrors too
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    if place[1].tzinfo is None:
        raise InvalidInput("cursor", "the next_cursor of an earlier page")
    return place


__all__ = ["Allowed", "Closing", "ClosingPage", "run"]
