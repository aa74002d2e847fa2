"""The command that explains the policy says in words what the API says."""

from __future__ import annotations

import pytest

from devtools.policy import explain
from devtools.policy.__main__ import main
from devtools.reach import Reply
from devtools.stage import UsageError
from tests.builders import CONVERSATION, NOON

PURCHASE = ["explain", "--platform", "messenger", "--origin", "automation"]
PURCHASE += ["--tag", "POST_PURCHASE_UPDATE"]
WROTE = ["--platform", "messenger", "--last-customer-at", "2026-11-20T12:00:00Z"]


def said(capsys, *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_a_rule_is_explained_for_two_dates(capsys):
    assert main([*PURCHASE, "--at", "2026-04-26T12:00:00Z", "--at", "2026-04-27T12:00:00Z"]) == 0
    before, after = capsys.readouterr().out.split("\n\n")
    assert before.startswith("2026-04-26T12:00:00Z: permitted, post_purchase_update")
    assert after.startswith("2026-04-27T12:00:00Z: refused, tag_retired")
    assert "(2020-03-04 to 2026-04-27)" in after
    assert "source: messenger-platform/changelog" in after


def test_what_would_be_allowed_instead_is_told_with_its_end(capsys):
    asked = ("--origin", "automation", "--has-human-agent", "--at", "2026-11-22T12:00:00Z")
    told = said(capsys, *WROTE, *asked)
    assert "allowed instead: human_agent, until 2026-11-27T12:00:00Z" in told


def test_consent_is_given_as_json(capsys):
    consent = '{"opted_in_at": "2026-11-01T12:00:00Z", "has_token": true}'
    asked = ("--origin", "campaign", "--topic", "mug", "--one-time-notifications")
    told = said(capsys, *WROTE, *asked, "--opt-in", consent, "--at", "2026-11-29T12:00:00Z")
    assert "permitted, one_time_token" in told


def test_the_price_of_an_answer_on_whatsapp_is_told(capsys):
    asked = ("--origin", "person", "--at", "2026-06-15T12:00:00Z", "--region", "TR")
    wrote = ("--platform", "whatsapp", "--last-customer-at", "2026-06-15T11:00:00Z")
    assert "price: service, free_window, TR" in said(capsys, *wrote, *asked)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--platform", "messenger"], "--origin: expected one of person, automation"),
        (["--origin", "person"], "--platform: expected messenger"),
        (["--origin", "robot", *WROTE], "--origin: expected one of person, automation, campaign"),
        (["--origin", "person", "--platform", "x"], "--platform: expected one of instagram, me"),
        (["--origin", "person", *WROTE, "--region", "Turkey"], "--region: expected a country: TR"),
        (["--origin", "person", *WROTE, "--at", "today"], "--at: expected an ISO 8601 time with"),
        (["--origin", "person", *WROTE, "--opt-in", "{}"], "--opt-in.opted-in-at: expected an ISO"),
        (["--origin", "person", *WROTE, "--margin-minutes", "61"], "--margin-minutes: expected"),
        (["--origin", "person", *WROTE, "--portfolio-left", "few"], "expected a whole number from"),
        (["--origin", "person", *WROTE, "--portfolio-left", "-1"], "expected a whole number from"),
    ],
)
def test_a_wrong_option_is_named(capsys, words, complaint):
    assert main(["explain", *words]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["explain", "--opt-in", "{x"], "--opt-in: expected JSON such as {"),
        (["explain", "--opt-in", "[1]"], "--opt-in: expected JSON such as {"),
        (["backtest", "history", "--at", "today"], "--at: expected a time with its offset"),
        (["backtest", "history", "--at", "2026-11-21T14:00:00"], "--at: expected a time with its"),
        (["backtest", "history", "--at", "9999-12-31T23:59:59-14:00"], "from 2000 to 2100"),
    ],
)
def test_a_word_that_cannot_be_read_is_named_with_what_was_expected(capsys, words, complaint):
    with pytest.raises(SystemExit):
        main(words)
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--topic", "mug"], "--at: expected the time of the campaign"),
        (["--at", "2026-11-24T09:00:00Z"], "--topic: expected the topic of the campaign"),
        (["--promotional"], "--topic: expected the topic of the campaign"),
    ],
)
def test_a_campaign_is_exported_with_its_topic_and_time(capsys, monkeypatch, words, complaint):
    monkeypatch.setattr(explain.reach, "reach", lambda name: AStage())
    span = ["--from", "2026-11-01T00:00:00Z", "--to", "2026-11-22T00:00:00Z"]
    assert main(["export", "--channel", "1", *span, *words]) == 1
    assert complaint in capsys.readouterr().err


class AStage:
    """Answers as the API does, and keeps what was asked."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.asked = status, []

    def call(self, method, path, content):
        self.asked.append((method, path, content))
        facts = {"platform": "messenger", "origin": "person", "at": content["at"]}
        return Reply(self.status, explain.explained(facts, NOON), {})


def test_a_conversation_is_asked_about_at_its_stage(capsys, monkeypatch):
    there = AStage()
    monkeypatch.setattr(explain.reach, "reach", lambda name: there)
    asked = ("--conversation", CONVERSATION, "--origin", "person", "--at", NOON.isoformat())
    assert "refused, window_closed" in said(capsys, *asked)
    assert there.asked == [
        (
            "POST",
            "/v1/policy/check",
            {"conversation_id": CONVERSATION, "origin": "person", "at": "2026-11-21T12:00:00Z"},
        )
    ]


def test_an_answer_that_is_none_is_told(monkeypatch):
    monkeypatch.setattr(explain.reach, "reach", lambda name: AStage(404))
    assert main(["explain", "--conversation", CONVERSATION, "--origin", "person"]) == 1


def test_facts_that_are_wrong_raise_before_anything_is_asked():
    with pytest.raises(UsageError, match="--kind: expected"):
        explain.explained({"origin": "person", "kind": "song"}, NOON)
