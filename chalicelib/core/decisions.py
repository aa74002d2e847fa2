"""The decision ledger: of one message, what was asked, permitted or refused, answered, told later.

An entry is one line of text: its time, a letter for what happened, and facts. Entries are kept as
a set: the same fact told twice is one entry, and nothing is ever overwritten. What we do is dated
by our clock, what is told later by the platform's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.core.decision_inputs import pack
from chalicelib.core.ids import digest
from chalicelib.core.messages import Message, State, Status
from chalicelib.core.messaging_policy import RULES_VERSION, Permit, Question, Refusal

# A message that is tried more often keeps its further tries as their number alone: a row is at most
# 400 KB, and without an end to its permission a message is tried every half hour.
MOST_ATTEMPTS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TIME = 10  # digits: enough until the year 2085
_HASH, _MARK = 12, 6  # characters of six bits


class What(StrEnum):
    """What happened. Of entries of one moment the letters give the order; small letters and PROVED
    are told by the platform, later."""

    PERMITTED = "A"  # and claimed: the post follows
    REFUSED = "B"
    TOO_LATE = "C"  # given up without a post
    ACCEPTED = "K"  # the platform's answer
    AGAIN = "L"  # not taken, tried again later
    FAILED = "M"
    UNKNOWN = "N"  # it may have arrived
    PROVED = "P"  # an echo, a status or a look shows that it arrived
    SENT = "s"
    DELIVERED = "d"
    READ = "r"
    PLAYED = "y"
    NOT_DELIVERED = "x"


BEGINS = frozenset({What.PERMITTED, What.REFUSED, What.TOO_LATE})
ANSWERS = frozenset({What.ACCEPTED, What.AGAIN, What.FAILED, What.UNKNOWN})
OURS = BEGINS | ANSWERS
_OF_STATE = {
    State.PLANNED: What.AGAIN,
    State.FAILED: What.FAILED,
    State.UNKNOWN: What.UNKNOWN,
}
_OF_STATUS = {
    Status.SENT: What.SENT,
    Status.DELIVERED: What.DELIVERED,
    Status.READ: What.READ,
    Status.PLAYED: What.PLAYED,
    Status.FAILED: What.NOT_DELIVERED,
}


class Verdict(Struct, frozen=True, omit_defaults=True, rename={"erased": "#"}):
    """The facts of an entry that begins an attempt, named shortly. `erased` is the hash of what
    stood here before the contact was erased."""

    r: str | None = None  # the rule that permits or forbids, else the basis
    v: str = ""  # version of the rules
    n: str | None = None  # reason code of a refusal
    c: str | None = None  # the campaign
    f: int | None = None  # microseconds until the moment that was asked about, if it lay ahead
    i: dict[str, Any] | None = None  # what the policy was asked, as decision_inputs packs it
    erased: str | None = None


class Entry(Struct, frozen=True):
    """One entry, read: `verdict` where an attempt begins, else `told` in a word of ours."""

    at: datetime
    what: What
    verdict: Verdict | None = None
    told: str | None = None

    @property
    def asked_for(self) -> datetime:
        """The moment of sending that the policy was asked about: its inputs count from it."""
        ahead = self.verdict.f if self.verdict else None
        return self.at + timedelta(microseconds=ahead or 0)


def permitted(question: Question, permit: Permit, *, campaign: str | None = None) -> str:
    """The entry of a claim, dated by the question."""
    return _begun(What.PERMITTED, question, _permission(permit, campaign))


def refused(
    question: Question,
    refusal: Refusal,
    *,
    campaign: str | None = None,
    decided_at: datetime | None = None,
) -> str:
    """`decided_at`: the time of the decision, if the question was about one that lies ahead."""
    at = decided_at or question.at
    ahead = (question.at - at) // timedelta(microseconds=1)
    verdict = Verdict(
        r=refusal.rule, v=RULES_VERSION, n=refusal.reason, c=campaign, f=ahead or None
    )
    return _begun(What.REFUSED, question, verdict, at=at)


def too_late(question: Question, permit: Permit, *, campaign: str | None = None) -> str:
    """It was permitted, and could not be posted before its deadline."""
    return _begun(What.TOO_LATE, question, _permission(permit, campaign))


def dropped(at: datetime, reason: str, *, campaign: str | None = None) -> str:
    """It was given up before the policy was asked."""
    return _line(at, What.REFUSED, _json(Verdict(n=reason, c=campaign)))


def accepted(at: datetime, platform_message_id: str | None) -> str:
    """The platform took it. The mark binds the entry to the id in the row."""
    return _line(at, What.ACCEPTED, mark(platform_message_id))


def not_accepted(at: datetime, state: State, reason: str | None, trace: str | None = None) -> str:
    """What became of an attempt that the platform did not take, and Meta's trace id if it gave
    one."""
    return _line(at, _OF_STATE[state], " ".join(filter(None, (reason, trace))))


def proved(at: datetime, platform_message_id: str | None) -> str:
    """An echo, a status or a look shows that it arrived."""
    return _line(at, What.PROVED, mark(platform_message_id))


def status(at: datetime, told: Status, facts: str, failure: str | None) -> str:
    """A status, by the platform's time; the mark binds the entry to the facts kept beside it."""
    return _line(at, _OF_STATUS[told], " ".join(filter(None, (mark(facts), failure))))


def mark(text: str | None) -> str:
    return digest("mark", text)[:_MARK] if text else ""


def read(text: str) -> Entry:
    """The entry in this text."""
    at, what, facts = _moment(text[:_TIME]), What(text[_TIME]), text[_TIME + 1 :]
    if what in BEGINS:
        return Entry(at, what, verdict=msgspec.json.decode(facts, type=Verdict))
    return Entry(at, what, told=facts or None)


def hash_of(text: str) -> str:
    """The hash of an entry, the same after an erasure."""
    entry = read(text)
    if entry.verdict and entry.verdict.erased:
        return entry.verdict.erased
    return digest("entry", text)[:_HASH]


def erased(text: str) -> str:
    """The entry without what the policy was asked; its hash stays."""
    entry = read(text)
    if entry.verdict is None or entry.verdict.i is None:
        return text
    left = msgspec.structs.replace(entry.verdict, i=None, erased=hash_of(text))
    return _line(entry.at, entry.what, _json(left))


def who(row: Message) -> str:
    """The hash of who sent what kind of message: that never changes."""
    facts = (row.author, row.author_name, row.automation, row.kind, row.resend_of)
    return digest("who", *(str(fact or "") for fact in facts))[:_HASH]


def bound(entry: str, *, tries: int) -> tuple[str, ...]:
    """The entry to add, none after so many tries."""
    return (entry,) if tries < MOST_ATTEMPTS else ()


def _permission(permit: Permit, campaign: str | None) -> Verdict:
    return Verdict(r=permit.rule or permit.basis.value, v=RULES_VERSION, c=campaign)


def _begun(what: What, question: Question, verdict: Verdict, *, at: datetime | None = None) -> str:
    packed = msgspec.structs.replace(verdict, i=pack(question) or None)
    return _line(at or question.at, what, _json(packed))


def _json(verdict: Verdict) -> str:
    return msgspec.json.encode(verdict, order="deterministic").decode()


def _line(at: datetime, what: What, facts: str) -> str:
    return f"{_time(at)}{what}{facts}"


def _time(at: datetime) -> str:
    left, digits = (at - _EPOCH) // timedelta(microseconds=1), ""
    while left:
        left, digit = divmod(left, 36)
        digits = _DIGITS[digit] + digits
    return digits.rjust(_TIME, "0")


def _moment(text: str) -> datetime:
    return _EPOCH + timedelta(microseconds=int(text, 36))
