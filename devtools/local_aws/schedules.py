"""Run a schedule's function at once, as EventBridge would, instead of waiting for its time."""

from __future__ import annotations

import json
from typing import Any

from devtools import clock
from devtools.local_aws import stack
from devtools.local_aws.stack import Stack

SEND_DUE = "SendDueName"
START_DAILY_METRICS = "StartDailyMetricsName"


class ScheduleError(Exception):
    """The function failed; the message is what it said."""


def run(running: Stack, schedule: str) -> Any:
    """What the function returned. `schedule` is one of the names above. Raises ScheduleError."""
    answer = stack.clients(running)("lambda").invoke(
        FunctionName=stack.outputs(running)[schedule], Payload=json.dumps(_event()).encode()
    )
    payload = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise ScheduleError(f"{schedule}: {payload}")
    return payload


def _event() -> dict[str, Any]:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
    return {
        "version": "0",
        "id": "by-hand",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
