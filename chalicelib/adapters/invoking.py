"""Lambda: asks another function for work, asynchronously."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.ports import Log


class AskedFunction:
    """The function by its name: Lambda keeps each request, tries again, and puts what failed into
    the dead-letter queue. `client` gives the Lambda client when it is first needed; what is refused
    is logged as `event`.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html (read 2026-11-22)"""

    def __init__(self, name: str, client: Callable[[], Any], log: Log, *, event: str) -> None:
        self._name, self._client, self._log, self._event = name, client, log, event

    def ask(self, requests: Sequence[Struct]) -> tuple[int, ...]:
        """Ask for all; returns the positions refused: all that are left if it cannot be reached."""
        from botocore.exceptions import BotoCoreError, ClientError

        refused: list[int] = []
        for position, request in enumerate(requests):
            try:
                self._invoke(request)
            except ClientError as error:
                refused.append(position)
                self._note(error.response.get("Error", {}).get("Code"), 1)
            except BotoCoreError as error:
                # Unreachable: the requests behind would only wait for the same timeout.
                left = range(position, len(requests))
                self._note(type(error).__name__, len(left))
                return (*refused, *left)
        return tuple(refused)

    def _invoke(self, request: Struct) -> None:
        self._client().invoke(
            FunctionName=self._name, InvocationType="Event", Payload=msgspec.json.encode(request)
        )

    def _note(self, code: object, entries: int) -> None:
        self._log.warning(self._event, error=code, entries=entries)
