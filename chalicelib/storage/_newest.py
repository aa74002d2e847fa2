"""Where something happened last: a walk down the day index, instead of an index that every message
would have to move.

The day index names every message. A conversation is listed at the first of its messages that the
walk meets, unless its row knows a message above the cursor: then an earlier page had it. Messages
of all keys of a contact list the one row that stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Annotated, TypeAlias, TypeVar

from msgspec import Meta, Struct

from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import PERSONS, Author
from chalicelib.ports import ConversationPage
from chalicelib.storage import _conversation_rows, _cursor, _keys
from chalicelib.storage._active_days import ActiveDays
from chalicelib.storage._models import ConversationItem, MessageItem
from chalicelib.storage._times import END_OF_TIME, Micros, dated, micros, moment

_T = TypeVar("_T")

_MOVING = PERSONS | {Author.CUSTOMER, Author.CUSTOMER_VISIT}
_AFTER_ANY_AUTHOR = "~"
_PAGE_SIZE = 100
_BRIEF = 8  # characters, 48 bits: enough to tell apart who was listed at one time


class _Position(Struct, frozen=True, array_like=True):
    """Where a page ended: the day, the time, and who was listed at that very time."""

    day: Annotated[str, Meta(max_length=_cursor.LONGEST_KEY)]
    us: Micros
    listed: tuple[str, ...]  # the beginnings of ids: many write in one second, an address is short


_START = _Position("9999-12-31", END_OF_TIME, ())


class _Entry(Struct, frozen=True):
    """What a customer or person wrote or did, as the index names it."""

    day: str
    us: int
    conversation_id: str


_Listed: TypeAlias = tuple[_Entry, Conversation]


class Walk:
    """Through the conversations of a channel, the latest move of a customer or person first."""

    def __init__(
        self,
        item: type[ConversationItem],
        messages: type[MessageItem],
        days: ActiveDays,
        channel_id: str,
    ) -> None:
        self._item, self._messages = item, messages
        self._days, self._channel_id = days, channel_id

    def page(self, *, cursor: str | None, limit: int) -> ConversationPage:
        start = _cursor.unpack(cursor, _Position) if cursor else _START
        found = list(islice(self._listed(start, chunk=limit + 1), limit + 1))
        rows = tuple(row for _, row in found[:limit])
        following = _cursor.pack(_end(found[:limit], start)) if len(found) > limit else None
        return ConversationPage(rows, following)

    def _listed(self, start: _Position, *, chunk: int) -> Iterator[_Listed]:
        seen = {_brief(conversation_id) for conversation_id in start.listed}
        for entries in _chunks(self._entries(start), chunk):
            named = {entry.conversation_id for entry in entries}
            rows = _conversation_rows.load_leading(
                self._item, {each for each in named if _brief(each) not in seen}
            )
            for entry in entries:
                row = rows.get(entry.conversation_id)
                # A row behind its own message is met again, at the message that it knows.
                if row is None or _brief(row.conversation_id) in seen:
                    continue
                if entry.us <= _last(row) <= start.us:
                    seen.add(_brief(row.conversation_id))
                    yield entry, row

    def _entries(self, start: _Position) -> Iterator[_Entry]:
        last = dated(moment(start.us), _AFTER_ANY_AUTHOR)
        for day in self._days.until(self._channel_id, start.day):
            shards = [
                self._messages.by_day.query(
                    partition,
                    MessageItem.day_key <= last,
                    scan_index_forward=False,
                    page_size=_PAGE_SIZE,
                )
                for partition in _keys.channel_days(self._channel_id, day)
            ]
            for row in merge(*shards, key=lambda row: str(row.day_key), reverse=True):
                at, author = _keys.time_and_author(row.day_key)
                if author in _MOVING:
                    yield _Entry(day, micros(at), row.conversation_id)


def _end(found: list[_Listed], start: _Position) -> _Position:
    last = found[-1][0]
    before = start.listed if last.us == start.us else ()
    listed = [_brief(row.conversation_id) for entry, row in found if entry.us == last.us]
    return _Position(last.day, last.us, (*before, *listed))


def _brief(conversation_id: str) -> str:
    return conversation_id[:_BRIEF]


def _last(row: Conversation) -> int:
    return micros(row.last_moved_at) if row.last_moved_at else 0


def _chunks(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while chunk := list(islice(items, size)):
        yield chunk
