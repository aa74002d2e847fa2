"""A result, whether it meets its goal, and how results are shown and written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct


class Result(Struct, frozen=True, kw_only=True):
    """One measured value. Less is better; the goal is for the ratio where there is a floor to
    compare with, else for the value. Without a goal it is a figure, and nothing to meet."""

    name: str
    value: float
    unit: str
    goal: float | None
    floor: float | None = None
    ratio: float | None = None

    @property
    def met(self) -> bool:
        return self.goal is None or self._judged <= self.goal

    @property
    def excess(self) -> float:
        """By how much the goal is missed, as a share of it; 0 if it is met."""
        if self.goal is None or self._judged <= self.goal:
            return 0.0
        return self._judged / self.goal - 1 if self.goal else self._judged

    @property
    def _judged(self) -> float:
        return self.value if self.ratio is None else self.ratio


def write(results: Iterable[Result], path: Path, *, keeps_others: bool = False) -> None:
    """{id: {value, unit, floor, ratio, goal, met}} as JSON; beside what is there, if asked to."""
    content = {each.name: _shown(each) for each in results}
    if keeps_others and path.exists():
        content = msgspec.json.decode(path.read_bytes()) | content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def table(results: Iterable[Result]) -> Iterator[str]:
    """Lines for a reader."""
    yield f"{'':34}{'value':>9}  {'unit':12}{'floor':>8}{'ratio':>7}{'goal':>7}"
    for each in results:
        yield (
            f"{each.name:34}{each.value:9.2f}  {each.unit:12}{_cell(each.floor):>8}"
            f"{_cell(each.ratio):>7}{_cell(each.goal):>7}  {_verdict(each)}"
        )


def _verdict(result: Result) -> str:
    if result.goal is None:
        return "a figure"
    return "met" if result.met else f"MISSED by {result.excess:.0%}"


def _shown(result: Result) -> dict[str, float | str | bool | None]:
    return {
        "value": result.value,
        "unit": result.unit,
        "floor": result.floor,
        "ratio": result.ratio,
        "goal": result.goal,
        "met": result.met,
    }


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
