"""A batch of queue records: each by itself; a failed one and the rest of its group come again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.ports import Runtime
from chalicelib.usecases import process_event
from chalicelib.usecases.queue_records import Inbound

# Of the function's 60 seconds; what is being answered then may take another 17, if Meta hangs.
WORKING_TIME = timedelta(seconds=40)
PARK_AFTER = 12  # receives; at a visibility of six minutes that is over an hour of trying
_OUR_FAULT = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

Record = Mapping[str, Any]


def run(records: Sequence[Record], rt: Runtime) -> dict[str, list[dict[str, str]]]:
    """The answer Lambda wants: the ids of the records to deliver again. Never raises."""
    failed: list[str] = []
    held: set[str] = set()
    ends = rt.now() + WORKING_TIME
    for record in records:
        group = _attribute(record, "MessageGroupId") or record["messageId"]
        if group in held or rt.now() >= ends or not _is_done(record, rt):
            held.add(group)
            failed.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _is_done(record: Record, rt: Runtime) -> bool:
    """False if the record shall come again. What can never work is parked: done."""
    try:
        queued = msgspec.json.decode(record["body"], type=Inbound)
        process_event.run(queued.item, queued.received_at, rt)
    except Exception as error:  # noqa: BLE001 - one record must not take its neighbours down
        rt.log.warning(
            "record_failed",
            message_id=record["messageId"],
            error=type(error).__name__,
            code=_aws_code(error),
        )
        return _is_parked(record, error, rt)
    return True


def _aws_code(error: Exception) -> str | None:
    """What AWS called it, as storage's errors carry it."""
    return getattr(error, "cause_response_code", None)


def _is_parked(record: Record, error: Exception, rt: Runtime) -> bool:
    receives = int(_attribute(record, "ApproximateReceiveCount") or 1)
    is_our_fault = isinstance(error, _OUR_FAULT) or _aws_code(error) == "ValidationException"
    if not is_our_fault and receives < PARK_AFTER:
        return False
    body = record["body"].encode("utf-8", "surrogatepass")
    try:
        rt.quarantine.put(body, reason=f"failed_{type(error).__name__}", at=rt.now())
    except Exception as failure:  # noqa: BLE001 - then the queue keeps it
        rt.log.warning(
            "parking_failed", message_id=record["messageId"], error=type(failure).__name__
        )
        return False
    rt.log.count("events_parked", error=type(error).__name__)
    return True


def _attribute(record: Record, name: str) -> str | None:
    value = record.get("attributes", {}).get(name)
    return None if value is None else str(value)
