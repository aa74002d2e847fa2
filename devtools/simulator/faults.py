"""What the stand-in was told to do wrong."""

from __future__ import annotations

from threading import Lock
from typing import Any, Literal

from msgspec import Struct

# What becomes of a call: taken or not, and how the answer leaves.
REQUEST_KINDS = {
    "error": (False, "error"),
    "http_500_html": (False, "html_500"),
    "timeout_before": (False, "stall"),
    "reset_before": (False, "reset"),
    "timeout_after": (True, "stall"),
    "reset_after": (True, "reset"),
    "truncated_after": (True, "truncated"),
    "html_after": (True, "html_200"),
    "http_500_html_after": (True, "html_500"),
}
WEBHOOK_KINDS = {"duplicates", "shuffle", "delay"}


class Fault(Struct, kw_only=True, forbid_unknown_fields=True):
    """Applies `times` times to what has all the facts of `match`.

    Facts of a call: channel_id, platform, recipient, text. Of a webhook: channel_id, kind.
    """

    kind: Literal[
        "error",
        "http_500_html",
        "timeout_before",
        "reset_before",
        "timeout_after",
        "reset_after",
        "truncated_after",
        "html_after",
        "http_500_html_after",
        "duplicates",
        "shuffle",
        "delay",
    ]
    match: dict[str, Any] = {}
    times: int = 1
    code: int | None = None  # of "error"; None: an error without a code
    subcode: int | None = None
    status: int = 400
    message: str = "Made to fail"
    retry_after: int | None = None
    seconds: float = 30.0  # how long a stalled call or a delayed webhook waits
    copies: int = 1  # further ones, of "duplicates"
    size: int = 5  # webhooks gathered before they go out shuffled


class Faults:
    """A list of faults, used up from the front."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(self, faults: list[Fault]) -> None:
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def pending(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def of_call(self, facts: dict[str, Any]) -> Fault | None:
        """The first fault for this call, one time less from now on."""
        return self._take(REQUEST_KINDS.keys(), facts)

    def of_webhook(self, facts: dict[str, Any]) -> Fault | None:
        return self._take(WEBHOOK_KINDS, facts)

    def _take(self, kinds: Any, facts: dict[str, Any]) -> Fault | None:
        with self._lock:
            fitting = (one for one in self._faults if one.kind in kinds and _fits(one, facts))
            fault = next(fitting, None)
            if fault is not None:
                fault.times -= 1
                self._faults = [one for one in self._faults if one.times > 0]
            return fault


def _fits(fault: Fault, facts: dict[str, Any]) -> bool:
    return all(facts.get(name) == value for name, value in fault.match.items())
