"""Every call that leaves the process: to AWS, seen by botocore, and to the Graph API. The process
can be killed at any of them, just before its effect or just after it."""

from __future__ import annotations

import json
import re
from typing import Any

from chalicelib.storage.tables import MESSAGE_NAMES
from tests.usecases.crashes import Point, When

_SERVICES = ("dynamodb", "sqs", "ssm", "s3")


class Wire:
    """Notes every call by what it does, such as "dynamodb.UpdateItem messages=claimed"."""

    def __init__(self) -> None:
        self.is_watched = False
        self.calls: list[str] = []
        self._point: Point | None = None

    def watch(self, client: Any) -> None:
        """See the calls of a botocore client: nothing of a call is done before the first of these,
        everything is done and not yet answered at the second."""
        events = client.meta.events
        for service in _SERVICES:
            events.register_first(f"before-send.{service}", self._before_send)
            events.register_first(f"after-call.{service}", self._after_call)

    def begin(self, point: Point | None = None) -> None:
        self.is_watched, self.calls, self._point = True, [], point

    def end(self) -> list[str]:
        self.is_watched = False
        return self.calls

    def before(self, call: str) -> None:
        if self.is_watched:
            self.calls.append(call)
            self._kill("before")

    def after(self) -> None:
        if self.is_watched:
            self._kill("after")

    def _before_send(self, request: Any, **_: object) -> None:
        self.before(named(request))

    def _after_call(self, **_: object) -> None:
        self.after()

    def _kill(self, when: When) -> None:
        point = self._point
        if point and (point.number, point.when) == (len(self.calls) - 1, when):
            self._point = None
            raise SystemExit


def named(request: Any) -> str:
    """The operation, the table, and the state that it gives to a message of ours."""
    target = request.headers.get("X-Amz-Target", b"")
    target = target.decode() if isinstance(target, bytes) else target
    if not target:
        return f"s3.{request.method}"
    service, _, operation = target.partition(".")
    body = json.loads(request.body)
    service = service.partition("_")[0].removeprefix("Amazon").lower()
    return f"{service}.{operation}{_of_table(body)}"


def _of_table(body: dict[str, Any]) -> str:
    table = str(body.get("TableName", "")).removesuffix("_table")
    state = _new_state(body)
    return (f" {table}" if table else "") + (f"={state}" if state else "")


def _new_state(body: dict[str, Any]) -> str | None:
    """What the update sets the attribute `state` to."""
    names = body.get("ExpressionAttributeNames", {})
    alias = next((alias for alias, name in names.items() if name == MESSAGE_NAMES["state"]), None)
    found = alias and re.search(rf"{alias} = (:\w+)", body.get("UpdateExpression", ""))
    return str(body["ExpressionAttributeValues"][found[1]]["S"]) if found else None
