"""Readings: the values of a channel's days, and when they were computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.core.metrics import Reading
from chalicelib.storage._models import ReportItem

_READING = "reading#"
_RUN = "run#"
_AFTER_ANY_METRIC = "~"


class Readings:
    """Fulfils `ports.Readings`."""

    def __init__(self, item: type[ReportItem]) -> None:
        self._item = item

    def save(self, readings: Sequence[Reading]) -> None:
        """Overwrites the readings of the same day, metric and definition."""
        with self._item.batch_write() as batch:
            for reading in readings:
                batch.save(self._item(reading.channel_id, _name(reading), document=reading))

    def of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """The readings of these days, both included, in the order of day and metric."""
        days = ReportItem.item.between(f"{_READING}{first}", f"{_READING}{last}{_AFTER_ANY_METRIC}")
        rows = self._item.query(channel_id, days)
        return tuple(msgspec.convert(row.document, Reading) for row in rows)

    def runs(self, channel_id: str) -> dict[str, datetime]:
        """Local day -> when its metrics were last computed."""
        rows = self._item.query(channel_id, ReportItem.item.startswith(_RUN))
        return {row.item.removeprefix(_RUN): row.at for row in rows}

    def save_run(self, channel_id: str, day: str, at: datetime) -> None:
        self._item(channel_id, f"{_RUN}{day}", at=at).save()


def _name(reading: Reading) -> str:
    return f"{_READING}{reading.day}#{reading.metric}#{reading.definition}"
