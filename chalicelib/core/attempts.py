"""A message's ledger as people read it: each attempt with its verdict and answer, and what the
platform told later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import decisions
from chalicelib.core.decision_inputs import named
from chalicelib.core.decisions import ANSWERS, Entry, Verdict, What
from chalicelib.core.messages import Message, Status

_VERDICTS = {
    What.PERMITTED: "permitted",
    What.REFUSED: "refused",
    What.TOO_LATE: "too_late",
}
_ANSWERS = {
    What.ACCEPTED: "accepted",
    What.AGAIN: "tried_again_later",
    What.FAILED: "failed",
    What.UNKNOWN: "unknown",
}
_TOLD = {
    What.PROVED: "arrived",
    What.SENT: "sent",
    What.DELIVERED: "delivered",
    What.READ: "read",
    What.PLAYED: "played",
    What.NOT_DELIVERED: "failed",
}
_STATUS = {
    What.SENT: Status.SENT,
    What.DELIVERED: Status.DELIVERED,
    What.READ: Status.READ,
    What.PLAYED: Status.PLAYED,
    What.NOT_DELIVERED: Status.FAILED,
}


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt. `inputs` is what the policy was asked, None once the contact was erased or where
    it was not asked. `answer` is the platform's; `error` a reason code, `trace` Meta's id of it."""

    at: datetime
    verdict: str
    rule: str | None
    rules_version: str | None
    reason: str | None
    campaign_id: str | None
    inputs: dict[str, Any] | None
    is_erased: bool
    send_at: datetime | None = None  # the time that it was refused for, if that lay ahead
    answer: str | None = None
    answered_at: datetime | None = None
    error: str | None = None
    trace: str | None = None


class Told(Struct, frozen=True, kw_only=True):
    """Something told later, by the platform's time; `facts` such as the price came along."""

    at: datetime
    what: str
    error: str | None = None
    facts: dict[str, Any] | None = None


def attempts(row: Message) -> tuple[Attempt, ...]:
    """The attempts of a message of ours, the first one first."""
    found: list[Attempt] = []
    for entry in map(decisions.read, row.ledger):
        if entry.verdict:
            found.append(_begun(entry, entry.verdict))
        elif entry.what in ANSWERS and found:
            found[-1] = _answered(found[-1], entry)
    return tuple(found)


def told(row: Message) -> tuple[Told, ...]:
    """What was told of it later, the earliest first."""
    entries = [decisions.read(text) for text in row.ledger]
    later = [_told(entry, row) for entry in entries if entry.what in _TOLD]
    return tuple(sorted(later, key=lambda each: each.at))


def _begun(entry: Entry, verdict: Verdict) -> Attempt:
    return Attempt(
        at=entry.at,
        verdict=_VERDICTS[entry.what],
        rule=verdict.r,
        rules_version=verdict.v or None,
        reason=verdict.n,
        campaign_id=verdict.c,
        inputs=named(verdict.i, entry.asked_for) if verdict.i is not None else None,
        is_erased=verdict.erased is not None,
        send_at=entry.asked_for if verdict.f else None,
    )


def _answered(attempt: Attempt, entry: Entry) -> Attempt:
    """An unknown one may get a second answer, once it was looked for."""
    told = "" if entry.what is What.ACCEPTED else entry.told or ""
    error, _, trace = told.partition(" ")
    return replace(
        attempt,
        answer=_ANSWERS[entry.what],
        answered_at=entry.at,
        error=error or None,
        trace=trace or None,
    )


def _told(entry: Entry, row: Message) -> Told:
    status = _STATUS.get(entry.what)
    _, _, error = (entry.told or "").partition(" ")
    is_kept = status is not None and row.statuses.get(status) == entry.at
    facts = row.status_facts.get(status) if status and is_kept else None
    return Told(at=entry.at, what=_TOLD[entry.what], error=error or None, facts=facts)
