"""On which local days something happened on a channel: what a walk through all days follows."""

from __future__ import annotations

from collections.abc import Iterator

from pynamodb.exceptions import DoesNotExist

from chalicelib.storage._models import ReportItem

_PREFIX = "day#"


class ActiveDays:
    """Marks are written once per channel, day and process; again is harmless."""

    def __init__(self, item: type[ReportItem]) -> None:
        self._item = item
        self._marked: set[tuple[str, str]] = set()

    def mark(self, channel_id: str, day: str) -> None:
        if (channel_id, day) not in self._marked:
            self._item(channel_id, f"{_PREFIX}{day}").save()
            self._marked.add((channel_id, day))

    def has(self, channel_id: str, day: str) -> bool:
        """Is the day marked?"""
        if (channel_id, day) in self._marked:
            return True
        try:
            self._item.get(channel_id, f"{_PREFIX}{day}")
        except DoesNotExist:
            return False
        self._marked.add((channel_id, day))
        return True

    def until(self, channel_id: str, day: str) -> Iterator[str]:
        """The marked days, `day` and earlier, the latest first."""
        last = ReportItem.item.between(_PREFIX, f"{_PREFIX}{day}")
        for row in self._item.query(channel_id, last, scan_index_forward=False):
            yield row.item.removeprefix(_PREFIX)
