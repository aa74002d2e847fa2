"""Sends that went wrong, by channel: entries in the index of due messages, which they are not in.

A row is in one partition of that index at a time. Whoever settles it writes the entry along, so
that a list costs nothing while all goes well.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, TypeAlias

from msgspec import Meta

from chalicelib.core.messages import Listing, Message, State
from chalicelib.ports import MessagePage
from chalicelib.storage import _cursor, _keys, _message_rows
from chalicelib.storage._models import MessageItem
from chalicelib.storage._times import dated

NOT_LISTED: dict[str, Any] = {"due_shard": None, "due_key": None}

_Key: TypeAlias = Annotated[str, Meta(min_length=1, max_length=_cursor.LONGEST_KEY)]
_Position: TypeAlias = tuple[str, str, str]  # key of the entry, conversation, message
_PARTITIONS = {State.FAILED: _keys.failed, State.UNKNOWN: _keys.unknown}


def entry(state: State, listing: Listing | None) -> dict[str, Any]:
    """What puts a row into the list of its state; nothing takes it out of every list."""
    if listing is None or state not in _PARTITIONS:
        return NOT_LISTED
    key = dated(listing.at) if state is State.FAILED else _time_of_look(listing)
    return {"due_shard": _PARTITIONS[state](listing.channel_id), "due_key": key}


def entry_of_claim(message: Message) -> dict[str, Any]:
    """What the schedule or a person tries again is found by its entry if the worker dies; the rest
    is brought again by the queue or the caller, and is not worth the units."""
    if not _is_another_try(message) or message.lease_until is None:
        return NOT_LISTED
    at = message.lease_until
    return entry(State.UNKNOWN, Listing(message.channel_id, at=at, look_at=at))


def entry_of_refusal(message: Message) -> dict[str, Any]:
    """Who was promised a send and is refused later has to read of it somewhere."""
    if not _is_another_try(message):
        return NOT_LISTED
    return entry(State.FAILED, Listing(message.channel_id, at=message.occurred_at))


def page(
    item: type[MessageItem], channel_id: str, state: State, *, cursor: str | None, limit: int
) -> MessagePage:
    """The rows of a list, the latest first."""
    partition = _PARTITIONS[state](channel_id)
    entries = tuple(islice(_entries(item, partition, cursor, limit), limit + 1))
    following = _cursor.pack(_position(entries[limit - 1])) if len(entries) > limit else None
    return MessagePage(tuple(_rows(item, partition, entries[:limit])), following)


def to_look_for(
    item: type[MessageItem], channel_id: str, *, before: str, limit: int
) -> tuple[tuple[str, str], ...]:
    """The keys of unknown sends whose time has come, the longest first."""
    entries = item.due.query(_keys.unknown(channel_id), MessageItem.due_key <= before, limit=limit)
    return tuple((entry.conversation_id, entry.message_id) for entry in entries)


def _entries(
    item: type[MessageItem], partition: str, cursor: str | None, limit: int
) -> Iterator[MessageItem]:
    after = _cursor.unpack(cursor, tuple[_Key, _Key, _Key]) if cursor else None
    return item.due.query(
        partition,
        scan_index_forward=False,
        page_size=limit + 1,
        last_evaluated_key=_start(partition, after) if after else None,
    )


def _start(partition: str, after: _Position) -> dict[str, dict[str, str]]:
    key, conversation_id, message_id = after
    names = {
        "due_shard": partition,
        "due_key": key,
        "conversation_id": conversation_id,
        "message_id": message_id,
    }
    return {name: {"S": value} for name, value in names.items()}


def _rows(
    item: type[MessageItem], partition: str, entries: tuple[MessageItem, ...]
) -> Iterator[Message]:
    """In the order of the entries. The index follows the rows a moment later: a row that left the
    list is not of it."""
    keys = [(entry.conversation_id, entry.message_id) for entry in entries]
    found = {(row.conversation_id, row.message_id): row for row in item.batch_get(keys)}
    rows = (found.get(key) for key in keys)
    messages = (_message_rows.read(row) for row in rows if row and row.due_shard == partition)
    return (message for message in messages if message)


def _is_another_try(message: Message) -> bool:
    return message.tries > 0 or message.resend_of is not None


def _time_of_look(listing: Listing) -> str:
    return dated(listing.look_at) if listing.look_at else _keys.never(listing.at)


def _position(entry: MessageItem) -> _Position:
    return str(entry.due_key), entry.conversation_id, entry.message_id
