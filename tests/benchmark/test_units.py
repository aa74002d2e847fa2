"""Every scenario has a budget, and every budget a scenario."""

from __future__ import annotations

from devtools.benchmark.budgets import BUDGETS
from devtools.benchmark.units import SCENARIOS

MEASURED_AS_A_DIFFERENCE = {"automatic_reply", "automatic_reply_new_channel"}


def test_scenarios_and_budgets_have_the_same_names() -> None:
    assert SCENARIOS.keys() | MEASURED_AS_A_DIFFERENCE == BUDGETS.keys()
