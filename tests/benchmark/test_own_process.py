"""Sizes that are measured one by one, on a machine whose speed changes meanwhile."""

from __future__ import annotations

import pytest

from devtools.benchmark import own_process


def test_each_size_counts_with_its_median_round_and_the_sizes_take_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = iter([3.0, 9.0, 1.0, 8.0, 2.0, 7.0])
    asked: list[int] = []

    def run(_: str, size: int) -> dict[str, float]:
        asked.append(size)
        return {"seconds": next(seconds), "peak": float(len(asked))}

    monkeypatch.setattr(own_process, "run", run)
    found = own_process.in_turns("a.module", (10, 1000))
    assert asked == [10, 1000] * own_process.ROUNDS
    assert found == {10: {"seconds": 2.0, "peak": 5.0}, 1000: {"seconds": 8.0, "peak": 4.0}}
