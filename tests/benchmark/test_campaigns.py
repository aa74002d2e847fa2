"""The campaign that is measured tells everybody once, and its picture shows each size."""

from __future__ import annotations

import pytest

from devtools.benchmark import campaigns, chart
from devtools.benchmark.results import Result


@pytest.mark.parametrize("size", [1, 250])
def test_every_recipient_is_told_at_the_same_number_of_calls(size: int) -> None:
    cost = campaigns.run(size)
    assert cost["invocations"] == 8
    assert cost["calls"] < 14 * size + 15 * 8


def test_the_picture_has_a_bar_for_each_size_and_figure() -> None:
    results = [
        Result(name=f"campaign_{size}_{what}", value=12.0, unit="calls", goal=None)
        for size in campaigns.SIZES
        for what in ("calls_each", "cpu_each")
    ]
    assert chart.of_campaigns(results).count('fill="#1a7f5a"') == 6
