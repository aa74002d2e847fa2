"""Lambda: asks for the metrics of days by invoking the function that computes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.adapters.invoking import AskedFunction
from chalicelib.ports import DayWanted, Log


class DayFunction:
    """Fulfils `ports.DayRequests`: the function by its name, invoked for each day."""

    def __init__(self, name: str, client: Callable[[], Any], log: Log) -> None:
        self._function = AskedFunction(name, client, log, event="metrics_request_refused")

    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        """Ask for all; returns the positions refused: all that are left if it cannot be reached."""
        return self._function.ask(days)
