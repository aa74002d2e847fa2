"""Lambda: has lanes of campaigns worked on by invoking the function that does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.adapters.invoking import AskedFunction
from chalicelib.ports import LaneWanted, Log


class LaneFunction:
    """Fulfils `ports.LaneRequests`: the function by its name, invoked for each lane."""

    def __init__(self, name: str, client: Callable[[], Any], log: Log) -> None:
        self._function = AskedFunction(name, client, log, event="campaign_request_refused")

    def ask(self, lanes: Sequence[LaneWanted]) -> tuple[int, ...]:
        """Ask for all; returns the positions refused: all that are left if it cannot be reached."""
        return self._function.ask(lanes)
