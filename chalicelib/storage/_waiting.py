"""Who waits: the sparse index knows the hour in which a wait opened, the row the moment.

The sort key is the whole hour, which a wait that turns out to have opened a little earlier rarely
moves; the rows of an hour are sorted after reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import TypeAlias

from chalicelib.core.conversation import Conversation, Wait
from chalicelib.ports import ConversationPage
from chalicelib.storage import _conversation_rows, _cursor, _keys
from chalicelib.storage._models import ConversationItem
from chalicelib.storage._times import Micros, micros, moment

_PAGE_SIZE = 100
# Local days begin at UTC+14 and end at UTC-12.
_EARLIEST, _LATEST = timedelta(hours=14), timedelta(days=1, hours=12)

_Position: TypeAlias = tuple[int, str]  # when the wait opened, the conversation


def page(
    item: type[ConversationItem], channel_id: str, *, cursor: str | None, limit: int
) -> ConversationPage:
    """Conversations with an open wait, the longest first."""
    after = _cursor.unpack(cursor, tuple[Micros, str]) if cursor else (0, "")
    waiting = (
        row
        for row in _longest_first(item, channel_id, since=moment(after[0]))
        if _position(row) > after
    )
    rows = tuple(islice(waiting, limit + 1))
    following = _cursor.pack(_position(rows[limit - 1])) if len(rows) > limit else None
    return ConversationPage(rows[:limit], following)


def opened_on(item: type[ConversationItem], channel_id: str, day: str) -> tuple[Wait, ...]:
    """The open waits that opened on this local day."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    hours = ConversationItem.waiting_hour.between(
        _keys.hour(midnight - _EARLIEST), _keys.hour(midnight + _LATEST)
    )
    entries = item.waiting.query(channel_id, hours)
    rows = _conversation_rows.load_parts(
        item, (entry.conversation_id for entry in entries), "wait_opened_at", "wait_day"
    )
    waits = [_wait(row, channel_id) for row in rows if row.wait_opened_at and row.wait_day == day]
    return tuple(sorted(waits, key=lambda wait: (wait.opened_at, wait.conversation_id)))


def _longest_first(
    item: type[ConversationItem], channel_id: str, *, since: datetime
) -> Iterator[Conversation]:
    later = ConversationItem.waiting_hour >= _keys.hour(since)
    entries = item.waiting.query(channel_id, later, page_size=_PAGE_SIZE)
    for hour, of_hour in groupby(entries, key=lambda entry: entry.waiting_hour):
        rows = _conversation_rows.load_many(item, (entry.conversation_id for entry in of_hour))
        # The index follows the rows a moment later: a row that left the hour is not of it.
        still = (row for row in _still_waiting(rows.values()) if _hour(row) == hour)
        yield from sorted(still, key=_position)


def _still_waiting(rows: Iterable[Conversation]) -> Iterator[Conversation]:
    return (row for row in rows if row.wait_opened_at)


def _opened_at(row: Conversation) -> datetime:
    return row.wait_opened_at or datetime.max.replace(tzinfo=UTC)


def _hour(row: Conversation) -> str:
    return _keys.hour(_opened_at(row))


def _position(row: Conversation) -> _Position:
    return micros(_opened_at(row)), row.conversation_id


def _wait(row: ConversationItem, channel_id: str) -> Wait:
    return Wait(
        conversation_id=row.conversation_id,
        channel_id=channel_id,
        day=row.wait_day,
        opened_at=row.wait_opened_at,
    )
