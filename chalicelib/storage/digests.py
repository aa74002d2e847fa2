"""Digests of the ledger: one item for each hour, and one for each part of its rows."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.core.digests import Digest, Part
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import ReportItem

_DIGEST = "digest#"
_PART = "digested#"


class Digests:
    """Fulfils `ports.Digests`."""

    def __init__(self, item: type[ReportItem]) -> None:
        self._item = item

    def last(self, channel_id: str) -> Digest | None:
        rows = self._item.query(
            channel_id,
            ReportItem.item.startswith(_DIGEST),
            scan_index_forward=False,
            limit=1,
            consistent_read=True,
        )
        return next((_read(row) for row in rows), None)

    def all(self, channel_id: str) -> Iterator[Digest]:
        """The oldest first; read as far as they are taken."""
        rows = self._item.query(channel_id, ReportItem.item.startswith(_DIGEST))
        return map(_read, rows)

    def save(self, digest: Digest) -> bool:
        """Store it unless the hour has one; True if it is the stored one."""
        row = self._item(digest.channel_id, f"{_DIGEST}{digest.hour}", document=digest)
        try:
            row.save(ReportItem.item.does_not_exist())
        except PutError as error:
            kept = refused_by(error, self._item)
            return kept is not None and _read(kept) == digest
        return True

    def save_part(self, channel_id: str, hour: str, number: int, hashed: str, part: Part) -> None:
        self._item(channel_id, _name(hour, number, hashed), document=part).save()

    def part(self, channel_id: str, hour: str, number: int, hashed: str) -> Part | None:
        try:
            row = self._item.get(channel_id, _name(hour, number, hashed))
        except DoesNotExist:
            return None
        return msgspec.convert(row.document, Part)


def _name(hour: str, number: int, hashed: str) -> str:
    """By its hash: whoever digests the same hour at the same time stores parts of its own."""
    return f"{_PART}{hour}#{number:05}#{hashed}"


def _read(row: ReportItem) -> Digest:
    return msgspec.convert(row.document, Digest)
