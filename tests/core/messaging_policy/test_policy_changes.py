"""Every change of Meta's policy and prices that concerns sending is a rule, from its very day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chalicelib.core.messaging_policy import all_rules

LINES = Path(__file__).with_name("changes.txt").read_text().splitlines()
CHANGES = [line.split(" | ") for line in LINES if not line.startswith("#")]
RULES = {rule.id: rule for rule in all_rules()}
ENCODED = [(day, what, id) for day, what, ids, *_ in CHANGES if ids != "-" for id in ids.split()]


@pytest.mark.parametrize(("day", "what", "rule_id"), ENCODED, ids=str)
def test_a_change_is_a_rule_that_begins_or_ends_on_its_day(day: str, what: str, rule_id: str):
    rule = RULES[rule_id]
    assert date.fromisoformat(day) in (rule.effective_from, rule.effective_to), what


@pytest.mark.parametrize("change", [each for each in CHANGES if each[2] == "-"], ids=str)
def test_a_change_that_is_no_rule_says_why(change: list[str]):
    assert len(change) == 4


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_with_dates_has_its_change_in_the_list(rule):
    days = {str(day) for day in (rule.effective_from, rule.effective_to) if day}
    assert days <= {day for day, _, rule_id in ENCODED if rule_id == rule.id}
