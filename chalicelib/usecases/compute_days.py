"""Take a batch of the metrics queue: each message names a channel and a day to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.ports import Runtime
from chalicelib.usecases import ask_for_metrics, compute_daily_metrics


def run(records: Sequence[Mapping[str, Any]], rt: Runtime) -> dict[str, list[dict[str, str]]]:
    """Compute each; the answer names the records that failed (partial batch). Never raises."""
    failed = [record["messageId"] for record in records if not _is_computed(record, rt)]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _is_computed(record: Mapping[str, Any], rt: Runtime) -> bool:
    try:
        wanted = ask_for_metrics.read(record["body"])
        compute_daily_metrics.run(wanted.channel_id, wanted.day, rt)
    except Exception as error:  # noqa: BLE001 - one bad day must not hold back the others; the DLQ takes it
        rt.log.warning("metrics_failed", error=type(error).__name__)
        return False
    rt.log.info("metrics_computed", channel_id=wanted.channel_id, day=wanted.day)
    return True
