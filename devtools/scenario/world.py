"""The levers of the day: customers and colleagues, our API, the clock, the schedules."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from chalicelib.storage._times import micros
from devtools import clock
from devtools.local_aws import loopback, stack

PATIENCE = timedelta(minutes=4)  # Lambda tries a failed call again after one and two minutes
TRIES, CALM = 3, timedelta(seconds=10)


class StoryError(Exception):
    """The day did not go as it should; the message says where."""


class ScheduleError(StoryError):
    """A schedule's function failed: on AWS it would be tried again."""


@dataclass(frozen=True, slots=True)
class World:
    """The running stack, as the people in the story use it."""

    stack: stack.Stack
    outputs: dict[str, str]
    aws: Callable[[str], Any]  # a client by the name of its service

    def go_to(self, at: datetime) -> None:
        """Time passes; it runs on from there."""
        clock.set_to(at)

    def now(self) -> datetime:
        return clock.now()

    def act(self, path: str, **facts: Any) -> dict[str, Any]:
        """Something happens at Meta: a customer writes, somebody answers in the native inbox."""
        return self._called("POST", f"{self.stack.graph_url}{path}", content=facts)

    def ask(self, method: str, path: str, **content: Any) -> tuple[int, Any]:
        """Our own API, with its key."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        return loopback.call(
            method,
            f"{self.stack.api_url}{path}",
            content=content or None,
            key=self.stack.api_key,
            headers=headers,
        )

    def get(self, path: str) -> Any:
        status, answer = self.ask("GET", path)
        if status != 200:
            raise StoryError(f"GET {path} answered {status}: {answer}")
        return answer

    def change(self, channel_id: str, **settings: Any) -> None:
        """Settings of the channel, the others as they are."""
        path = f"{self.stack.api_url}/v1/channels/{channel_id}"
        known = self.get(f"/v1/channels/{channel_id}")
        headers = {"If-Match": "*"}
        status, answer = loopback.call(
            "PUT", path, content=known | settings, key=self.stack.api_key, headers=headers
        )
        if status != 200:
            raise StoryError(f"PUT {path} answered {status}: {answer}")

    def count_recipients(self, notification: str) -> list[dict[str, Any]]:
        """The minute schedule runs; for each channel what became of its recipients, once all are
        worked on."""
        path = f"/v1/notifications/{notification}"
        self.run_schedule("SendDueName")
        self._until(lambda: self.get(path)["phase"] == "done", "the notification was not worked on")
        channels: list[dict[str, Any]] = self.get(path)["channels"]
        return channels

    def run_schedule(self, function: str) -> Any:
        """What EventBridge would do: call the schedule's function; what it answers."""
        answer = self.aws("lambda").invoke(
            FunctionName=self.outputs[function], Payload=json.dumps(schedule_event()).encode()
        )
        said = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise ScheduleError(f"{function} failed: {said}")
        return json.loads(said)

    def count_days(self) -> int:
        """The hourly schedule runs, and what it asked for is computed; how many days it were. A
        busy machine may not take all it asks for: as on AWS, it asks twice more."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(ScheduleError):
                return self._days_counted()
            calm = "the days' metrics went on being computed"
            self._until(lambda: self._days_computed(self.now() - CALM) == 0, calm, every=1)
        return self._days_counted()

    def settle(self) -> None:
        """Until every webhook is delivered and every queue is worked off."""
        self._until(lambda: self._is_quiet() and self._is_quiet(), "the queues did not run empty")

    def conversation(self, channel_id: str, contact_id: str) -> dict[str, Any]:
        """The API's view of a contact's conversation."""
        page = self.get(f"/v1/conversations?channel_id={channel_id}&order=newest&limit=100")
        for item in page["items"]:
            if item["contact"]["id"] == contact_id:
                found: dict[str, Any] = item
                return found
        raise StoryError(f"no conversation with {contact_id}")

    def _is_quiet(self) -> bool:
        idle = self._called("POST", f"{self.stack.graph_url}/_wait", content={"seconds": 10})
        return bool(idle["is_idle"]) and self._is_empty(self.outputs["InboundQueueUrl"])

    def _days_counted(self) -> int:
        began = self.now()
        asked: int = self.run_schedule("StartDailyMetricsName")
        self._await_days(asked, since=began)
        return asked

    def _await_days(self, number: int, *, since: datetime) -> None:
        """Until so many days have been computed since that moment."""
        complaint = "the days' metrics were not computed"
        self._until(lambda: self._days_computed(since) >= number, complaint, every=0.2)

    def _days_computed(self, since: datetime) -> int:
        """By what is stored: of what a function logs, the embedded AWS may lose the last line."""
        found = (
            self.aws("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.outputs["ReportsTableName"],
                FilterExpression="begins_with(#item, :run) AND #at >= :since",
                ExpressionAttributeNames={"#item": "item", "#at": "at"},
                ExpressionAttributeValues={
                    ":run": {"S": "run#"},
                    ":since": {"N": str(micros(since))},
                },
                ConsistentRead=True,
            )
        )
        return sum(page["Count"] for page in found)

    def _is_empty(self, queue_url: str) -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self.aws("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
        return not any(int(counts["Attributes"][name]) for name in names)

    def _called(self, method: str, url: str, *, content: Any) -> dict[str, Any]:
        status, answer = loopback.call(method, url, content=content)
        if status != 200:
            raise StoryError(f"{method} {url} answered {status}: {answer}")
        found: dict[str, Any] = answer
        return found

    def _until(self, is_so: Callable[[], bool], complaint: str, *, every: float = 0.03) -> None:
        """Asks every so many seconds; raises StoryError once patience is over."""
        ends = time.monotonic() + PATIENCE.total_seconds()
        while not is_so():
            if time.monotonic() > ends:
                raise StoryError(complaint)
            time.sleep(every)


def connect(running: stack.Stack) -> World:
    """The levers of the stack that runs."""
    return World(running, stack.outputs(running), cache(stack.clients(running)))


def schedule_event() -> dict[str, Any]:
    """An event as EventBridge sends it to the function of a rule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
