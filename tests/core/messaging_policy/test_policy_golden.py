"""The golden table, and that it leaves no boundary of a rule out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.core.messaging_policy import Permit, all_rules, check
from tests.core.messaging_policy.golden import Case, cases

CASES = cases()
SECOND = timedelta(seconds=1)
# Prices have a table of their own; records decide nothing.
ELSEWHERE = ("record", "price", "price_exemption", "free_entry_point")
BOUNDARIES = sorted(
    {
        (rule.platform, day)
        for rule in all_rules()
        for day in (rule.effective_from, rule.effective_to)
        if day and rule.kind not in ELSEWHERE
    }
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_golden(case: Case):
    verdict = check(case.question)
    outcome = verdict.basis if isinstance(verdict, Permit) else verdict.reason
    assert (str(outcome), verdict.rule or None) == (case.outcome, case.rule)


@pytest.mark.parametrize(("platform", "day"), BOUNDARIES, ids=str)
def test_each_boundary_of_a_date_is_tried_on_both_sides(platform: str, day: date):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    tried = {case.question.at for case in CASES if case.question.platform == platform}
    assert {midnight - SECOND, midnight} <= tried


@pytest.mark.parametrize(
    "rule",
    [rule for rule in all_rules() if rule.kind not in ELSEWHERE],
    ids=lambda rule: rule.id,
)
def test_each_rule_that_decides_has_decided_a_case(rule):
    assert rule.id in {case.rule for case in CASES}
