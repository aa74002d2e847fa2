"""The fortnight sees a wrong rule: one is planted in the product's policy each time, and what the
stand-in refuses, or the books show, tells of it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.messaging_policy import _check, _rules
from tests.fakes import FakeOptIns
from tests.fortnight.audit import Books
from tests.fortnight.test_fortnight import played

pytestmark = pytest.mark.slow

SEED = 5
FEW, MANY = 240, 600  # many, for what is rare


def planted(
    monkeypatch: pytest.MonkeyPatch, rule_id: str, *, conversations: int = FEW, **wrong: Any
) -> Books:
    """A fortnight with this rule changed."""
    files = {name: _rules.rule_file(name) for name in _rules.PLATFORMS}
    changed = {
        name: replace(file, rules=tuple(_changed(rule, rule_id, wrong) for rule in file.rules))
        for name, file in files.items()
    }
    assert changed != files
    monkeypatch.setattr(_rules, "rule_file", changed.__getitem__)
    return played(SEED, conversations, monkeypatch)


def _changed(rule: _rules.Rule, rule_id: str, wrong: dict[str, Any]) -> _rules.Rule:
    return replace(rule, **wrong) if rule.id == rule_id else rule


def test_the_right_rules_are_not_complained_of(monkeypatch):
    books = played(SEED, FEW, monkeypatch)
    assert (books.refused_by_meta(), books.after_a_stop()) == ({}, [])


@pytest.mark.parametrize(
    ("rule_id", "wrong", "code"),
    [
        ("messenger.window", {"hours": 25}, (10, 2018278)),
        ("instagram.window.2021-06-02", {"hours": 25}, (10, 2534022)),
        ("whatsapp.window", {"hours": 25}, (131047, None)),
        ("messenger.human_agent.2021-06-02", {"hours": 192}, (10, 2018278)),
        ("instagram.human_agent.2021-06-02", {"hours": 192}, (10, 2534022)),
        ("messenger.window", {"hours": 23}, (100, None)),  # HUMAN_AGENT in the window
        ("messenger.customer_feedback.2021-09-14", {"hours": 240}, (10, 2018278)),
        (
            "whatsapp.template.2023-05-01",
            {"statuses": ("APPROVED", "REINSTATED", "PAUSED")},
            (132015, None),
        ),
    ],
)
def test_a_wrong_rule_is_seen(monkeypatch, rule_id, wrong, code):
    books = planted(monkeypatch, rule_id, **wrong)
    assert books.refused_by_meta()[code] > 0


def test_marketing_to_a_country_where_it_is_paused_is_seen(monkeypatch):
    rule_id = "whatsapp.marketing_pause.us.2025-04-01"
    books = planted(monkeypatch, rule_id, conversations=MANY, regions=("XX",))
    assert books.refused_by_meta()[131049, None] > 0


def test_a_thread_of_another_app_that_is_written_to_is_seen(monkeypatch):
    monkeypatch.setattr(_check, "_obstacle", lambda _question: None)
    books = played(SEED, MANY, monkeypatch)
    assert books.refused_by_meta()[2018300, None] > 0


def test_a_stop_that_is_forgotten_is_seen(monkeypatch):
    monkeypatch.setattr(FakeOptIns, "stop", lambda *_, **__: None)
    assert played(SEED, MANY, monkeypatch).after_a_stop() != []


def test_a_token_that_is_spent_again_is_seen(monkeypatch):
    """Nothing is remembered of what was used."""
    monkeypatch.setattr(FakeOptIns, "claim", lambda *_: True)
    assert played(SEED, FEW, monkeypatch).refused_by_meta()[100, None] > 0
