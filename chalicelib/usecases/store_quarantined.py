"""Move quarantined bodies from their queue into the archive, where an operator finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.ports import Runtime
from chalicelib.usecases.queue_records import read_quarantined


def run(records: Sequence[Mapping[str, Any]], rt: Runtime) -> dict[str, list[dict[str, str]]]:
    """Store each SQS record; the answer names those that failed (partial batch). Never raises."""
    failed = [record["messageId"] for record in records if not _is_stored(record, rt)]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _is_stored(record: Mapping[str, Any], rt: Runtime) -> bool:
    try:
        quarantined, body = read_quarantined(record["body"])
        identifier = rt.quarantine.put(body, reason=quarantined.reason, at=quarantined.received_at)
    except Exception as error:  # noqa: BLE001 - one bad record must not hold back the others; the DLQ takes it
        rt.log.warning("quarantine_failed", error=type(error).__name__)
        return False
    rt.log.info("quarantine_stored", quarantine_id=identifier, reason=quarantined.reason)
    return True
