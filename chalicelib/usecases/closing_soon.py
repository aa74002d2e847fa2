"""List a channel's conversations by what is still allowed in them, what ends soonest first.

What may be answered moved within the last seven days: these days' index is walked, the newest
first, and sorted here. So nothing is written when a window closes, and no table is scanned. Of a
channel with more than some thousands the walk is cut into sections, each sorted by itself: no page
takes long, and none is left out.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

from chalicelib.core.closing import Allowed, Closing, Facts, by_consent, by_words, urgency
from chalicelib.core.conversation import Conversation
from chalicelib.ports import ConversationPage, Runtime
from chalicelib.usecases import (
    channel_block,
    consented_templates,
    expect_price,
    find_contact,
    own_window,
    read_channel,
)
from chalicelib.usecases.errors import InvalidInput

LONGEST = timedelta(days=7)  # no window and no tag lasts longer
MOST = 5000  # conversations in a section
_PAGE = 100

# Class, end, conversation.
_Place: TypeAlias = tuple[int, Annotated[datetime, Meta(tz=True)], str]


class _Position(Struct, frozen=True, array_like=True):
    """Where a page ended: in the section that begins at this cursor of the walk, after that place
    (None: before its first)."""

    section: str | None = None
    after: _Place | None = None


class _Section(Struct, frozen=True):
    """Some conversations as the policy sees them, and where the walk goes on (None: nowhere)."""

    rows: tuple[Conversation, ...]
    following: str | None


class ClosingPage(Struct, frozen=True):
    """Conversations with what is allowed in each; `next_cursor` is opaque, None at the end."""

    items: tuple[tuple[Conversation, Closing], ...]
    next_cursor: str | None


def run(channel_id: str, *, cursor: str | None, limit: int, rt: Runtime) -> ClosingPage:
    """A page of the conversations that moved within seven days, as it stands at this moment: those
    that anybody may answer, those that a person may, then the rest. Of more than `MOST` the newest
    come first, each `MOST` of them in this order; at the end of a section a page may be short.
    Raises NotFound, InvalidInput."""
    channel, at = read_channel.run(channel_id, rt), rt.now()
    position = _position(cursor) if cursor else _Position()
    facts = Facts(channel, channel_block.is_on(channel_id, rt))
    section = _section(position, at, facts, rt)
    found = sorted(
        ((_place(row, by_words(row, facts, at)), row) for row in section.rows),
        key=lambda each: each[0],
    )
    after = position.after
    rest = [each for each in found if after is None or each[0] > after]
    items = tuple((row, _closing(row, facts, at, rt)) for _, row in rest[:limit])
    if len(rest) > limit:
        return ClosingPage(items, _cursor(_Position(position.section, rest[limit - 1][0])))
    return ClosingPage(items, _cursor(_Position(section.following)) if section.following else None)


def _section(position: _Position, at: datetime, facts: Facts, rt: Runtime) -> _Section:
    """Those that moved within the seven days, from the position's section on."""
    cursor, rows = position.section, list[Conversation]()
    while len(rows) < MOST:
        page = _walked(facts.channel.channel_id, cursor, rt)
        for row in page.items:
            if row.last_moved_at is None or row.last_moved_at <= at - LONGEST:
                return _Section(tuple(rows), None)
            rows.append(own_window.run(row, facts.channel, rt))
        cursor = page.next_cursor
        if cursor is None:
            break
    return _Section(tuple(rows), cursor)


def _walked(channel_id: str, cursor: str | None, rt: Runtime) -> ConversationPage:
    try:
        return rt.conversations.newest(channel_id, cursor=cursor, limit=_PAGE)
    except ValueError as error:
        if cursor is None:
            raise
        raise _foreign() from error


def _closing(row: Conversation, facts: Facts, at: datetime, rt: Runtime) -> Closing:
    """Consents are read for what is shown alone."""
    is_priced = row.platform == "whatsapp"
    free_until = expect_price.free_until(row, rt) if is_priced else None
    by_reply = by_words(row, facts, at, free_until=free_until)
    if by_reply:
        return by_reply
    keys = find_contact.run(row, rt).keys
    consents = rt.opt_ins.consents(*(key.conversation_id for key in keys))
    templates = consented_templates.run(row, consents, facts.channel, rt)
    return by_consent(row, consents, templates, facts, at, free_until=free_until)


def _place(row: Conversation, closing: Closing | None) -> _Place:
    return (*urgency(closing), row.conversation_id)


def _cursor(position: _Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def _position(cursor: str) -> _Position:
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(packed, type=_Position)
    except (ValueError, binascii.Error) as error:  # msgspec's errors are ValueErrors too
        raise _foreign() from error


def _foreign() -> InvalidInput:
    return InvalidInput("cursor", "the next_cursor of an earlier page")


__all__ = ["Allowed", "Closing", "ClosingPage", "run"]
