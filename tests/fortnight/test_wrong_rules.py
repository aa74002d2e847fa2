"""The fortnight sees a wrong rule: one is planted in the product's policy each time, and what the
stand-in refuses, or the books show, tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.messages import Author, State
from chalicelib.core.messaging_policy import _check, _rules
from chalicelib.core.policy_settings import Budget
from devtools.simulator import prices
from tests.fakes import FakeChannels, FakeOptIns
from tests.fortnight import shop
from tests.fortnight.audit import Books
from tests.fortnight.stores import IndexedMessages, IndexedOptIns
from tests.fortnight.test_fortnight import played

pytestmark = pytest.mark.slow

SEED = 5
FEW, MANY, MOST = 240, 600, 1500  # the rarer, the more


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
        ("messenger.window", {"hours": 3}, (100, None)),  # HUMAN_AGENT in the window
        (
            "messenger.customer_feedback.2021-09-14",
            {"hours": 240, "conversations": MOST},
            (10, 2018278),
        ),
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


@pytest.fixture(scope="module")
def forgetful() -> Iterator[Books]:
    """A fortnight in which nothing is remembered that hinders a send: blocks, threads of others,
    who is gone, stops, erasures, and how few answers are free."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(_check, "_obstacle", lambda _question: None)
        monkeypatch.setattr(FakeChannels, "is_stopped", lambda *_: False)
        monkeypatch.setattr(IndexedOptIns, "stop", lambda *_, **__: None)
        monkeypatch.setattr(IndexedMessages, "forget", lambda *_: iter(()))
        monkeypatch.setattr(prices, "FREE_SERVICE_MESSAGES", 0)
        monkeypatch.setattr(shop, "BUDGET", Budget(paid_service_messages=10))
        yield played(SEED, MANY, monkeypatch)


@pytest.mark.parametrize("code", [(368, None), (2018300, None), "gone"])
def test_what_is_sent_all_the_same_is_seen(forgetful, code):
    """To a blocked channel, in a thread of another app, to who is gone."""
    refused = forgetful.refused_by_meta()
    assert sum(n for key, n in refused.items() if code in (key, key[0])) > 0


def test_stops_that_are_forgotten_are_seen_whoever_writes(forgetful):
    authors = {forgetful.rows[key].author for key in forgetful.after_a_stop()}
    assert authors == {Author.AUTOMATION, Author.CAMPAIGN, Author.PERSON_API}


def test_an_erasure_that_forgets_nothing_is_seen(forgetful):
    assert forgetful.not_forgotten() != []


def test_a_budget_that_is_overdrawn_is_seen(forgetful):
    assert forgetful.beyond_the_budget() != []


def test_a_ledger_that_somebody_changed_is_seen(forgetful):
    key = next(key for key, row in forgetful.rows.items() if row.state is State.SENT)
    facts = forgetful.play.stored.messages._facts[key]
    facts.row = replace(facts.row, author_name="Somebody else")
    found = [each.difference for each in forgetful.verified()]
    assert [each.what for each in found if each] == ["changed"]


def test_a_token_that_is_spent_again_is_seen(monkeypatch):
    """Nothing is remembered of what was used."""
    monkeypatch.setattr(FakeOptIns, "claim", lambda *_: True)
    assert played(SEED, FEW, monkeypatch).refused_by_meta()[100, None] > 0
