"""Hourly digests of the ledger: each names the one before it, so that a later change shows.

A digest covers the attempts of its hour. What was added to older ones since (an answer after the
hour, a status) is covered by the digests a day and a week later; nothing changes an old digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.core import decisions
from chalicelib.core.ids import digest
from chalicelib.core.messages import Message

HOUR = timedelta(hours=1)
SETTLED = timedelta(minutes=5)  # after an hour: what was begun in it has been written
LOOKS_BACK = (timedelta(0), timedelta(days=1), timedelta(days=7))
PART = 200  # rows: some 30 KB, and never near the 400 KB of an item
FIRST = ""  # the hash before the first digest
_HOUR = "%Y-%m-%dT%H"


class Line(Struct, frozen=True, array_like=True):
    """A row as it was covered: who sent it, and the hashes of its entries."""

    conversation_id: str
    message_id: str
    who: str
    entries: tuple[str, ...]


class Part(Struct, frozen=True):
    """Rows whose last attempt was in the hour `of`."""

    of: str
    lines: tuple[Line, ...]


class Digest(Struct, frozen=True, kw_only=True):
    """One hour of a channel (UTC, 2026-11-21T14): the hash of the digest before, the hashes of its
    parts in their order, how many rows they hold, and the hash over all this."""

    channel_id: str
    hour: str
    before: str
    parts: tuple[str, ...]
    rows: int
    hash: str


def made(channel_id: str, hour: str, before: str, parts: Sequence[str], rows: int) -> Digest:
    """The digest of an hour."""
    digested = digest("hour", channel_id, hour, before, *parts, str(rows))
    return Digest(
        channel_id=channel_id,
        hour=hour,
        before=before,
        parts=tuple(parts),
        rows=rows,
        hash=digested,
    )


def hash_of_part(part: Part) -> str:
    return digest("part", msgspec.json.encode(part).decode())


def is_whole(digested: Digest) -> bool:
    """It says what its hash was made of."""
    known = digested
    return known == made(known.channel_id, known.hour, known.before, known.parts, known.rows)


def line(row: Message, end: datetime) -> Line:
    """The row as the digest of the hour that ends then covers it: of our own entries those written
    before."""
    covered = [text for text in row.ledger if _is_told(text) or is_covered(text, end)]
    hashes = sorted(map(decisions.hash_of, covered))
    return Line(row.conversation_id, row.message_id, decisions.who(row), tuple(hashes))


def hour_of(at: datetime) -> str:
    return at.strftime(_HOUR)


def start_of(hour: str) -> datetime:
    return datetime.strptime(hour, _HOUR).replace(tzinfo=UTC)


def is_covered(text: str, end: datetime) -> bool:
    """Is the entry ours, and of before the end of the hour? Then its digest must have it."""
    entry = decisions.read(text)
    return entry.what in decisions.OURS and entry.at < end


def _is_told(text: str) -> bool:
    return decisions.read(text).what not in decisions.OURS
