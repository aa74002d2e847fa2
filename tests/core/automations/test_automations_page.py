"""The page on automations names what there is, in the words of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core.automations import Automation
from chalicelib.core.automations._guard import REASONS
from chalicelib.core.personalisation import FALLBACKS

PAGE = (Path(__file__).parents[3] / "docs" / "automations.md").read_text()


@pytest.mark.parametrize("automation", AUTOMATIONS, ids=lambda one: one.name)
def test_every_automation_has_a_row(automation: Automation) -> None:
    assert f"| `{automation.name}` | {automation.tier.name} |" in PAGE


@pytest.mark.parametrize(("code", "sentence"), REASONS.items())
def test_every_reason_for_silence_has_its_row(code: str, sentence: str) -> None:
    assert f"| `{code}` | {sentence} |" in PAGE


@pytest.mark.parametrize(("name", "fallback"), FALLBACKS.items())
def test_every_placeholder_states_its_fallback(name: str, fallback: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{{{name}}}` |"))
    assert row.endswith(f"| {fallback} |")
