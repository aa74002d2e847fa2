"""Readings: the values of a channel's days, who answered, and when and how they were computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from pynamodb.exceptions import DoesNotExist, PutError
from pynamodb.expressions.condition import Condition

from chalicelib.core.day_activity import LocalDay, Run
from chalicelib.core.feedback import Feedback
from chalicelib.core.metrics import Reading
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import ReportItem

REMEMBERED_SECONDS = 10 * 60

_READING = "reading#"
_ANSWERER = "answerer#"
_RUN = "run#"
_CUT = "cut#"
_FEEDBACK = "feedback#"
_AFTER_ALL = "~"
_MOST_REMEMBERED = 200
_LATEST_RUNS = 10  # more than may be provisional


class Readings:
    """Fulfils `ports.Readings`."""

    def __init__(self, item: type[ReportItem], seconds: Callable[[], float]) -> None:
        self._item, self._seconds = item, seconds
        self._known: dict[tuple[str, str, str], tuple[float, tuple[Reading, ...]]] = {}

    def save(self, readings: Sequence[Reading]) -> None:
        """Overwrites the readings of the same day, metric and definition."""
        self._known.clear()
        with self._item.batch_write() as batch:
            for reading in readings:
                batch.save(self._item(reading.channel_id, _name(reading), document=reading))

    def of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """The readings of these days, both included, in the order of day and metric."""
        rows = self._item.query(channel_id, _between(_READING, first, last))
        return tuple(map(_read, rows))

    def remembered(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """As `of_days`, at most ten minutes old."""
        key, now = (channel_id, first, last), self._seconds()
        known = self._known.get(key)
        if known is None or now - known[0] >= REMEMBERED_SECONDS:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = (now, self.of_days(*key))
        return known[1]

    def newest_first(self, channel_id: str, first: str, last: str) -> Iterator[Reading]:
        """The same backwards, read from the store as far as they are taken."""
        days = _between(_READING, first, last)
        return map(_read, self._item.query(channel_id, days, scan_index_forward=False))

    def save_answerers(self, channel_id: str, day: str, readings: Sequence[Reading]) -> None:
        """The readings of who answered on this day: those and no others."""
        of_day = _between(_ANSWERER, day, day)
        before = self._item.query(
            channel_id, of_day, consistent_read=True, attributes_to_get=["channel_id", "item"]
        )
        named = {_answerer(reading): reading for reading in readings}
        stale = [row for row in before if row.item not in named]
        with self._item.batch_write() as batch:
            for row in stale:
                batch.delete(row)
            for name, reading in named.items():
                batch.save(self._item(channel_id, name, document=reading))

    def answerers_of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """In the order of day and answerer."""
        rows = self._item.query(channel_id, _between(_ANSWERER, first, last))
        return tuple(map(_read, rows))

    def runs(self, channel_id: str, *, since: str = "") -> dict[str, Run]:
        """How each day from `since` on was last computed; if none was, the latest ten before."""
        later = ReportItem.item.between(f"{_RUN}{since}", f"{_RUN}{_AFTER_ALL}")
        found = {
            row.item.removeprefix(_RUN): _run(row) for row in self._item.query(channel_id, later)
        }
        return found or self._latest_runs(channel_id)

    def save_run(self, channel_id: str, day: str, run: Run) -> None:
        self._item(channel_id, f"{_RUN}{day}", at=run.at, document=run.is_final).save()

    def cut(self, channel_id: str, day: str) -> LocalDay | None:
        """How this day was cut when it was first computed; None if it was not."""
        try:
            row = self._item.get(channel_id, f"{_CUT}{day}")
        except DoesNotExist:
            return None
        return msgspec.convert(row.document, LocalDay)

    def keep_cut(self, local_day: LocalDay) -> LocalDay:
        """Keep how the day is cut unless that was kept before; returns what is kept."""
        row = self._item(local_day.channel_id, f"{_CUT}{local_day.day}", document=local_day)
        try:
            row.save(ReportItem.item.does_not_exist())
        except PutError as error:
            kept = refused_by(error, self._item)
            return msgspec.convert(kept.document, LocalDay) if kept else local_day
        return local_day

    def keep_feedback(self, feedback: Feedback) -> None:
        """Of the same feedback the later stays."""
        name = f"{_FEEDBACK}{feedback.day}#{feedback.feedback_id}"
        row = self._item(feedback.channel_id, name, at=feedback.at, document=feedback)
        try:
            row.save(ReportItem.at.does_not_exist() | (ReportItem.at <= feedback.at))
        except PutError as error:
            refused_by(error, self._item)  # a later one is there

    def feedback_of_day(self, channel_id: str, day: str) -> tuple[Feedback, ...]:
        """What customers of the channel said on this local day, oldest first."""
        rows = self._item.query(channel_id, _between(_FEEDBACK, day, day))
        found = [msgspec.convert(row.document, Feedback) for row in rows]
        return tuple(sorted(found, key=lambda each: (each.at, each.feedback_id)))

    def _latest_runs(self, channel_id: str) -> dict[str, Run]:
        before = ReportItem.item.startswith(_RUN)
        rows = self._item.query(channel_id, before, scan_index_forward=False, limit=_LATEST_RUNS)
        return {row.item.removeprefix(_RUN): _run(row) for row in rows}


def _name(reading: Reading) -> str:
    return f"{_READING}{reading.day}#{reading.metric}#{reading.definition}"


def _answerer(reading: Reading) -> str:
    who = f"{reading.answered_by}#{reading.answered_name or ''}"
    return f"{_ANSWERER}{reading.day}#{reading.definition}#{who}"


def _between(kind: str, first: str, last: str) -> Condition:
    return ReportItem.item.between(f"{kind}{first}", f"{kind}{last}#{_AFTER_ALL}")


def _read(row: ReportItem) -> Reading:
    return msgspec.convert(row.document, Reading)


def _run(row: ReportItem) -> Run:
    """One of before 2026-12 does not tell whether it was final: it is computed once more."""
    return Run(row.at, is_final=row.document is True)
