"""The golden table, and that it leaves no boundary of a rule out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Permit, Question, Rule, all_rules, check, rule_file
from chalicelib.core.region import _areas, _codes
from tests.builders import NOON
from tests.core.messaging_policy.golden import Case, cases

CASES = cases()
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
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
REGIONS = [rule for rule in all_rules() if rule.regions and rule.kind not in ELSEWHERE]


def _countries(rule: Rule) -> set[str]:
    groups = rule_file(rule.platform).groups
    return {country for name in rule.regions or () for country in groups.get(name, (name,))}


REGIONAL = [(rule, country) for rule in REGIONS for country in sorted(_countries(rule))]
WORLD = set(_codes().values()) | set(_areas().values()) | {"US"}
ABROAD = [(rule, country) for rule in REGIONS for country in sorted(WORLD - _countries(rule))]


def _request(at: datetime) -> dict[str, Any]:
    opened = {"window_opened_at": at - HOUR, "window_ends_at": at + HOUR}
    return opened | {"kind": MessageKind.OPT_IN_REQUEST, "one_time_notifications": True}


def _marketing(at: datetime) -> dict[str, Any]:
    agreed = {"marketing_opted_in_at": at - HOUR, "category": "marketing"}
    return agreed | {"kind": MessageKind.TEMPLATE, "template_status": "APPROVED"}


FORBIDDEN = {"refused:one_time_token": _request, "refused:marketing": _marketing}


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


@pytest.mark.parametrize(("platform", "day"), BOUNDARIES, ids=str)
@pytest.mark.parametrize("origin", Origin)
def test_each_boundary_of_a_date_is_tried_by_each_kind_of_sender(
    platform: str, day: date, origin: Origin
):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    asked = [case.question for case in CASES if case.question.platform == platform]
    assert {midnight - SECOND, midnight} <= {each.at for each in asked if each.origin is origin}


@pytest.mark.parametrize(("rule", "country"), REGIONAL, ids=lambda each: getattr(each, "id", each))
@pytest.mark.parametrize("origin", Origin)
def test_a_rule_for_some_countries_holds_in_each_of_them_from_its_first_second(
    rule: Rule, country: str, origin: Origin
):
    midnight = datetime.combine(rule.effective_from, time(), UTC)
    asked = [_to(country, rule, origin, at) for at in (midnight - SECOND, midnight)]
    before, after = map(check, asked)
    assert isinstance(before, Permit)
    assert after.rule == rule.id


@pytest.mark.parametrize(("rule", "country"), ABROAD, ids=lambda each: getattr(each, "id", each))
def test_a_rule_for_some_countries_holds_in_no_other(rule: Rule, country: str):
    assert isinstance(check(_to(country, rule, Origin.CAMPAIGN, NOON)), Permit)


def _to(country: str, rule: Rule, origin: Origin, at: datetime) -> Question:
    """Something that the rule forbids in its countries alone."""
    return Question(
        platform=rule.platform, origin=origin, at=at, region=country, **FORBIDDEN[rule.kind](at)
    )


@pytest.mark.parametrize(
    "rule",
    [rule for rule in all_rules() if rule.kind not in ELSEWHERE],
    ids=lambda rule: rule.id,
)
def test_each_rule_that_decides_has_decided_a_case(rule):
    assert rule.id in {case.rule for case in CASES}
