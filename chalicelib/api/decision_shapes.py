"""How the ledger looks in the API. What is not known is null, never left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from chalicelib.core import attempts
from chalicelib.core.attempts import Attempt
from chalicelib.core.messages import Author, Message, MessageKind, State, state_now


class AttemptDocument(Struct, frozen=True, kw_only=True):
    """One attempt. `verdict`: permitted, refused, or too_late (permitted, not posted in time).
    `inputs` is what the policy was asked, null once the contact was erased (`erased`). `answer` is
    the platform's: accepted, tried_again_later, failed, or unknown (it may have arrived); `trace`
    is Meta's id of an error, for its support. `send_at`: what was refused beforehand was asked
    about for this time; null: for `at`."""

    at: datetime
    send_at: datetime | None
    verdict: str
    rule: str | None
    rules_version: str | None
    reason: str | None
    inputs: dict[str, Any] | None
    erased: bool
    answer: str | None
    answered_at: datetime | None
    error: str | None
    trace: str | None


class ToldDocument(Struct, frozen=True, kw_only=True):
    """What the platform told later, by its own time: arrived, sent, delivered, read, played or
    failed; `facts` such as the price came along."""

    at: datetime
    what: str
    error: str | None
    facts: dict[str, Any] | None


class DecisionDocument(Struct, frozen=True, kw_only=True):
    """Who wanted to send what kind of message, each attempt, and what was told of it later."""

    conversation_id: str
    message_id: str
    platform_message_id: str | None
    at: datetime
    kind: MessageKind
    author: Author
    author_name: str | None
    automation: str | None
    campaign_id: str | None
    state: State
    reason: str | None
    attempts: list[AttemptDocument]
    told: list[ToldDocument]


def decision_document(row: Message, now: datetime) -> DecisionDocument:
    """The ledger of a message of ours as the API shows it."""
    tried = attempts.attempts(row)
    return DecisionDocument(
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        platform_message_id=row.platform_message_id,
        at=row.occurred_at,
        kind=row.kind,
        author=row.author,
        author_name=row.author_name,
        automation=row.automation,
        campaign_id=next((each.campaign_id for each in tried if each.campaign_id), None),
        state=state_now(row, now),
        reason=row.failure,
        attempts=[_attempt(each) for each in tried],
        told=[
            ToldDocument(at=each.at, what=each.what, error=each.error, facts=each.facts)
            for each in attempts.told(row)
        ],
    )


def _attempt(attempt: Attempt) -> AttemptDocument:
    return AttemptDocument(
        at=attempt.at,
        send_at=attempt.send_at,
        verdict=attempt.verdict,
        rule=attempt.rule,
        rules_version=attempt.rules_version,
        reason=attempt.reason,
        inputs=shown(attempt.inputs),
        erased=attempt.is_erased,
        answer=attempt.answer,
        answered_at=attempt.answered_at,
        error=attempt.error,
        trace=attempt.trace,
    )


def shown(inputs: dict[str, Any] | None) -> dict[str, Any] | None:
    """Spans of time as seconds."""
    if inputs is None:
        return None
    return {
        name: value.total_seconds() if isinstance(value, timedelta) else value
        for name, value in inputs.items()
    }
