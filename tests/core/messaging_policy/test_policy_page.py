"""docs/policy.md tells what the code does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.core.messaging_policy import REASONS, RULES
from chalicelib.core.messaging_policy._rules import ALWAYS

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"
HOUR = timedelta(hours=1)


def rows(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table under a heading, without its head."""
    section = PAGE.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)
    return [tuple(cell.strip() for cell in line.split(" | ")) for line in lines[1:]]


def test_the_page_lists_every_reason_with_its_sentence():
    assert rows("Reasons") == [(f"`{code}`", sentence) for code, sentence in REASONS.items()]


def test_the_page_lists_every_rule():
    assert rows("Rules") == [
        (
            rule.platform,
            f"`{rule.kind}`",
            f"{rule.length // HOUR} h" if rule.length else "no end",
            rule.effective_from.date().isoformat() if rule.effective_from > ALWAYS else "always",
            rule.effective_to.date().isoformat() if rule.effective_to else "open",
            rule.source,
        )
        for rule in RULES
    ]


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_explained_in_one_sentence(code: str):
    assert re.fullmatch(r"[A-Z][^.]+\.", REASONS[code])
