"""A batch of the metrics queue: one channel and day a record, each by itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from chalicelib.ports import Runtime
from chalicelib.usecases import compute_daily_metrics
from chalicelib.usecases.process_batch import Record, attempt


class ChannelDay(Struct, frozen=True):
    """The body of a record."""

    channel_id: str
    day: str


def run(records: Sequence[Record], rt: Runtime) -> dict[str, list[dict[str, str]]]:
    """The answer Lambda wants: the ids of the records to deliver again. Never raises."""
    failed = [record["messageId"] for record in records if not _is_done(record, rt)]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _is_done(record: Record, rt: Runtime) -> bool:
    def compute() -> None:
        wanted = msgspec.json.decode(record["body"], type=ChannelDay)
        compute_daily_metrics.run(wanted.channel_id, wanted.day, rt)

    return attempt(record, rt, compute)
