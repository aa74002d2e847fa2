"""Goals and how results are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from devtools.benchmark import results
from devtools.benchmark.results import Result


def result(**facts: Any) -> Result:
    defaults: dict[str, Any] = {"name": "wcu_x", "value": 3.0, "unit": "write units", "goal": 3.0}
    return Result(**(defaults | facts))


@pytest.mark.parametrize(("value", "is_met"), [(2.5, True), (3.0, True), (3.5, False)])
def test_without_a_floor_the_goal_is_for_the_value(value: float, is_met: bool) -> None:
    assert result(value=value).met is is_met


@pytest.mark.parametrize(("ratio", "is_met"), [(1.9, True), (2.0, True), (2.1, False)])
def test_with_a_floor_the_goal_is_for_the_ratio(ratio: float, is_met: bool) -> None:
    assert result(value=99.0, floor=50.0, ratio=ratio, goal=2.0).met is is_met


def test_excess_is_a_share_of_the_goal() -> None:
    assert result(value=4.5).excess == 0.5


def test_a_met_goal_has_no_excess() -> None:
    assert result(value=1.0).excess == 0


def test_of_a_goal_of_nothing_the_value_is_the_excess() -> None:
    assert result(value=0.5, goal=0.0).excess == 0.5


def test_report_has_an_entry_for_each_id(tmp_path: Path) -> None:
    results.write([result(name="cpu_x", floor=1.5, ratio=2.0, goal=2.0)], tmp_path / "a" / "b.json")
    assert msgspec.json.decode((tmp_path / "a" / "b.json").read_bytes()) == {
        "cpu_x": {
            "value": 3.0,
            "unit": "write units",
            "floor": 1.5,
            "ratio": 2.0,
            "goal": 2.0,
            "met": True,
        }
    }


def test_table_says_by_how_much_a_goal_is_missed() -> None:
    assert list(results.table([result(value=4.5)]))[1].endswith("MISSED by 50%")


def test_what_has_no_goal_is_shown_as_a_figure() -> None:
    assert list(results.table([result(goal=None)]))[1].endswith("  a figure")
