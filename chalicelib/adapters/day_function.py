"""Lambda: asks for the metrics of days by invoking the function that computes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chalicelib.ports import DayWanted, Log


class DayFunction:
    """The function by its name, invoked asynchronously: Lambda keeps each request, tries again, and
    puts what failed into the dead-letter queue. `client` gives the Lambda client when it is first
    needed. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html (read 2026-11-22)"""

    def __init__(self, name: str, client: Callable[[], Any], log: Log) -> None:
        self._name, self._client, self._log = name, client, log

    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        """Ask for all; returns the positions refused: all that are left if it cannot be reached."""
        from botocore.exceptions import BotoCoreError, ClientError

        refused: list[int] = []
        for position, day in enumerate(days):
            try:
                self._invoke(day)
            except ClientError as error:
                refused.append(position)
                self._note(error.response.get("Error", {}).get("Code"), 1)
            except BotoCoreError as error:
                # Unreachable: the days behind would only wait for the same timeout.
                left = range(position, len(days))
                self._note(type(error).__name__, len(left))
                return (*refused, *left)
        return tuple(refused)

    def _invoke(self, day: DayWanted) -> None:
        self._client().invoke(
            FunctionName=self._name, InvocationType="Event", Payload=msgspec.json.encode(day)
        )

    def _note(self, code: object, entries: int) -> None:
        self._log.warning("metrics_request_refused", error=code, entries=entries)
