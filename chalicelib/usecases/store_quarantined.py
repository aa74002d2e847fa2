"""The hourly schedule: move quarantined bodies from their queue into the archive, where an operator
finds them."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.ports import QueueRecord, Runtime
from chalicelib.usecases.queue_records import read_quarantined

# Of the function's 300 seconds.
WORKING_TIME = timedelta(seconds=240)


def run(rt: Runtime) -> int:
    """Store what the queue holds and return how many. What failed stays in the queue and is tried
    again by the next run; what there was no time for, too."""
    until, stored = rt.now() + WORKING_TIME, 0
    while rt.now() < until and (records := rt.quarantine_backlog.take()):
        stored += sum(_is_stored(record, rt) for record in records)
    return stored


def _is_stored(record: QueueRecord, rt: Runtime) -> bool:
    try:
        quarantined, body = read_quarantined(record.body)
        identifier = rt.quarantine.put(body, reason=quarantined.reason, at=quarantined.received_at)
    except Exception as error:  # noqa: BLE001 - one bad record must not hold back the others; the DLQ takes it
        rt.log.warning("quarantine_failed", error=type(error).__name__)
        return False
    rt.quarantine_backlog.delete(record)
    rt.log.info("quarantine_stored", quarantine_id=identifier, reason=quarantined.reason)
    return True
