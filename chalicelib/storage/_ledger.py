"""Where the ledger finds what was sent or tried: by the channel's day and the time of the attempt.

What was sent is in its day, for the metrics. What was refused or failed is in the same index, in
partitions of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import Any

from chalicelib.core.messages import Author, Listing, Message, MessageFact
from chalicelib.storage import _keys, _message_rows
from chalicelib.storage._models import MessageItem
from chalicelib.storage._times import dated

_OURS = frozenset({Author.PERSON_API, Author.AUTOMATION, Author.CAMPAIGN})
_FACT = ["conversation_id", "message_id", "day_key"]


def tried(conversation_id: str, listing: Listing | None) -> dict[str, Any]:
    """What lets the ledger find an attempt that did not go through."""
    if listing is None or listing.day is None:
        return {}
    day = _keys.tried_day(listing.channel_id, listing.day, conversation_id)
    return {"channel_day": day}


def attempts(
    item: type[MessageItem],
    channel_id: str,
    days: Iterable[str],
    *,
    since: datetime,
    until: datetime,
) -> Iterator[MessageFact]:
    """Oldest first, those of one moment by conversation, from `since` on and before `until`; read
    as far as they are taken."""
    partitions = [
        partition
        for day in days
        for of_day in (_keys.channel_days, _keys.tried_days)
        for partition in of_day(channel_id, day)
    ]
    between = MessageItem.day_key.between(dated(since), dated(until))
    entries = (
        item.by_day.query(partition, between, attributes_to_get=_FACT) for partition in partitions
    )
    facts = map(_fact, merge(*entries, key=lambda entry: str(entry.day_key)))
    for _, of_one_moment in groupby(facts, key=lambda fact: fact.occurred_at):
        yield from sorted(fact for fact in of_one_moment if fact.author in _OURS)


def load_all(item: type[MessageItem], keys: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
    found = {(row.conversation_id, row.message_id): row for row in item.batch_get(list(keys))}
    rows = (_message_rows.read(found[key]) for key in keys if key in found)
    return tuple(row for row in rows if row)


def _fact(entry: MessageItem) -> MessageFact:
    occurred_at, author = _keys.time_and_author(entry.day_key)
    return MessageFact(occurred_at, entry.conversation_id, entry.message_id, author)
