"""docs/policy.md tells what the code does."""

from __future__ import annotations

import re

import pytest

from chalicelib.core.messaging_policy import RULES_VERSION, Basis, Rule, all_rules
from chalicelib.core.messaging_policy.reasons import INSTEAD, REASONS
from devtools import policy_page

PAGE = policy_page.PAGE.read_text()


def test_the_page_is_current():
    assert policy_page.page() == PAGE, "run `make policy`"


def test_the_version_is_that_of_the_rules():
    assert policy_page.version() == RULES_VERSION, "run `make policy`"


@pytest.mark.parametrize("code", REASONS)
def test_the_page_lists_every_reason_with_its_sentence(code: str):
    assert f"| `{code}` | {REASONS[code]} | " in PAGE


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_the_page_lists_every_rule_with_its_source(rule: Rule):
    assert re.search(
        rf"\| `{re.escape(rule.id)}` \| {re.escape(rule.says)}.*{rule.grade}\) \|", PAGE
    )


@pytest.mark.parametrize("basis", Basis)
def test_the_page_lists_every_basis(basis: Basis):
    assert f"| `{basis}` | " in PAGE


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_explained_in_one_sentence(code: str):
    assert re.fullmatch(r"[A-Z][^.]+\.", REASONS[code])


def test_whatever_is_allowed_instead_belongs_to_a_reason():
    told = {key if isinstance(key, str) else key[0] for key in INSTEAD}
    assert told <= set(REASONS)
