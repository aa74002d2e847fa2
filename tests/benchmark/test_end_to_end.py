"""How the end-to-end benchmark accounts for what it sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from devtools.benchmark import end_to_end
from devtools.benchmark.end_to_end import Seen, Sent

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
THERE: Any = None


def sent(contact_id: str) -> Sent:
    return Sent("whatsapp", contact_id, NOON, 1)


def after(*seconds: float) -> list[datetime]:
    return [NOON + timedelta(seconds=each) for each in seconds]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What became of "a", "b" and "c", given the replies and the contacts that the API knows."""

    def look(replies: dict[str, list[datetime]], known: set[str]) -> Seen:
        told = {("whatsapp", name): ats for name, ats in replies.items()}
        monkeypatch.setattr(end_to_end, "_replies", lambda _: told)
        stored = {("whatsapp", name) for name in known}
        monkeypatch.setattr(end_to_end, "_known_contacts", lambda _: stored)
        return end_to_end.seen(THERE, [sent("a"), sent("b"), sent("c")])

    return look


def test_the_first_reply_counts(seen: Any) -> None:
    found = seen({"a": after(2, 1), "b": after(3), "c": after(4)}, {"a", "b", "c"})
    assert (found.seconds, found.answered_again) == ((1, 3, 4), 1)


def test_who_is_not_answered_is_told(seen: Any) -> None:
    found = seen({"a": after(1)}, {"a", "b", "c"})
    assert (found.unanswered, found.unstored, found.answered_again) == (2, 0, 0)


def test_who_is_not_stored_is_told(seen: Any) -> None:
    found = seen({"a": after(1), "b": after(1), "c": after(1)}, {"b"})
    assert (found.unstored, found.unanswered) == (2, 0)


def test_the_accounts_are_of_all_parts() -> None:
    parts = [Seen((1.0,), 1, 0, 2), Seen((2.0,), 1, 3, 0)]
    found = {each.name: each.value for each in end_to_end._accounts(parts)}
    assert found == {"e2e_lost": 2, "e2e_unanswered": 3, "e2e_answered_twice": 2}


def test_a_delivery_that_is_refused_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([429, 0, 200])
    monkeypatch.setattr(end_to_end, "_status", lambda *_: next(answers))
    monkeypatch.setattr(end_to_end, "PAUSE_SECONDS", 0)
    stack = type("Stack", (), {"app_secret": "s", "webhook_url": "http://here"})
    there: Any = type("There", (), {"stack": stack})
    assert end_to_end._post(there, "messenger").tries == 3
