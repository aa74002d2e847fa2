"""Compare the ledger with its digests: was anything changed, removed or added later?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from chalicelib.core import decisions, digests
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.decisions import ANSWERS, What
from chalicelib.core.digests import HOUR, SETTLED, Digest, Line, Part
from chalicelib.core.messages import Message
from chalicelib.ports import Runtime
from chalicelib.usecases import digest_hour

# Rows leave after 400 days; one that is gone then was removed by nobody.
KEPT = timedelta(days=399)

Anchor: TypeAlias = tuple[str, str]  # an hour and the hash of its digest, kept elsewhere


class Difference(Struct, frozen=True, kw_only=True):
    """The first thing that is not as it was digested. `what`: of a row removed, changed, added to
    or added; of a digest broken (it does not fit its hash), part missing, chain broken (it does
    not follow the one before), anchor differs, or anchor missing (there is no such hour)."""

    hour: str
    what: str
    conversation_id: str | None = None
    message_id: str | None = None


class Verified(Struct, frozen=True):
    """What was looked at, the last digest, and the first difference, None if there is none.
    `behind`: how many hours that ended since have no digest, though two runs were due."""

    hours: int
    rows: int
    last: Digest | None
    difference: Difference | None
    behind: int = 0


def run(
    channel: ChannelSettings, rt: Runtime, *, anchors: Collection[Anchor] = frozenset()
) -> Verified:
    """Recompute every digest of the channel, the oldest first, until something differs from them or
    from an anchor."""
    hours, rows, last, left = 0, 0, None, set(anchors)
    for digest in rt.digests.all(channel.channel_id):
        found = _broken(digest, last) or _unlike(digest, left)
        found = found or next(_differences(channel, digest, rt), None)
        if found:
            return Verified(hours, rows, last, found)
        hours, rows, last = hours + 1, rows + digest.rows, digest
        left.discard((digest.hour, digest.hash))
    missing = Difference(hour=min(left)[0], what="anchor missing") if left else None
    return Verified(hours, rows, last, missing, _behind(last, rt.now()))


def _unlike(digest: Digest, anchors: Collection[Anchor]) -> Difference | None:
    differs = any(hour == digest.hour and kept != digest.hash for hour, kept in anchors)
    return Difference(hour=digest.hour, what="anchor differs") if differs else None


def _behind(last: Digest | None, now: datetime) -> int:
    """The schedule digests an hour within the next: one without a digest may be in time."""
    if last is None:
        return 0
    ended = digests.start_of(digests.hour_of(now - SETTLED)) - HOUR
    hours = (ended - digests.start_of(last.hour)) // HOUR
    return hours if hours > 1 else 0


def _broken(digest: Digest, last: Digest | None) -> Difference | None:
    if not digests.is_whole(digest):
        return Difference(hour=digest.hour, what="broken")
    before = last.hash if last else digests.FIRST
    follows = last is None or digests.start_of(last.hour) + HOUR == digests.start_of(digest.hour)
    if digest.before != before or not follows:
        return Difference(hour=digest.hour, what="chain broken")
    return None


def _differences(channel: ChannelSettings, digest: Digest, rt: Runtime) -> Iterator[Difference]:
    covered: set[tuple[str, str]] = set()
    for number, hashed in enumerate(digest.parts):
        part = rt.digests.part(channel.channel_id, digest.hour, number, hashed)
        if part is None or digests.hash_of_part(part) != hashed:
            yield Difference(hour=digest.hour, what="part missing")
            return
        yield from _of_part(part, digest, rt)
        covered |= {(line.conversation_id, line.message_id) for line in part.lines}
    yield from _added(channel, digest, covered, rt)


def _of_part(part: Part, digest: Digest, rt: Runtime) -> Iterator[Difference]:
    end = digests.start_of(digest.hour) + HOUR
    keys = [(line.conversation_id, line.message_id) for line in part.lines]
    rows = {(row.conversation_id, row.message_id): row for row in rt.messages.load_all(keys)}
    for key, line in zip(keys, part.lines, strict=True):
        row = rows.get(key)
        what = difference(line, row, end) or (row and _unerased(row, rt))
        if what == "removed" and rt.now() - digests.start_of(part.of) > KEPT:
            continue
        if what:
            yield _found(digest, what, *key)


def _added(
    channel: ChannelSettings, digest: Digest, covered: set[tuple[str, str]], rt: Runtime
) -> Iterator[Difference]:
    start = digests.start_of(digest.hour)
    for row in digest_hour.rows_of_hour(channel, start, rt):
        key = (row.conversation_id, row.message_id)
        if key not in covered and not is_late(row, start + HOUR):
            yield _found(digest, "added", *key)


def _found(digest: Digest, what: str, conversation_id: str, message_id: str) -> Difference:
    return Difference(
        hour=digest.hour, what=what, conversation_id=conversation_id, message_id=message_id
    )


def difference(covered: Line, row: Message | None, end: datetime) -> str | None:
    """What is not as it was covered, in a word; None: nothing. What the platform told since, and
    what we did after the hour, may be there too."""
    if row is None:
        return "removed"
    if decisions.who(row) != covered.who:
        return "changed"
    now = {decisions.hash_of(text): text for text in row.ledger}
    if not now.keys() >= set(covered.entries):
        return "changed"
    new = (text for hashed, text in now.items() if hashed not in covered.entries)
    return "added to" if any(digests.is_covered(text, end) for text in new) else None


def _unerased(row: Message, rt: Runtime) -> str | None:
    """An entry that says that its contact was erased since, though there is no such mark: whoever
    wrote it hides what stood there."""
    entries = [decisions.read(text) for text in row.ledger]
    told = [entry.at for entry in entries if entry.verdict and entry.verdict.erased]
    if not told:
        return None
    mark = rt.conversations.erased(row.conversation_id)
    return None if mark and max(told) <= mark.at else "changed"


def is_late(row: Message, end: datetime) -> bool:
    """Nobody could find it when its hour was digested: its worker died before it told the
    outcome."""
    entries = [decisions.read(text) for text in row.ledger]
    return not any(
        entry.at < end and (entry.what in ANSWERS or entry.what is What.REFUSED)
        for entry in entries
    )
