"""Who handles a conversation: whether it needs a person, whether automation rests, who it is for,
how it is tagged, and whether a person closed it.

Kept beside the conversation row. Every change may be repeated, and one that comes late is told by
its time: what happened before a conversation was closed does not open it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import digest

MOST_TAGS = 20
TAG_PATTERN = r"[\w .:-]{1,50}"
A_TAG = "a tag of 1 to 50 letters, digits, spaces, _ . : and -"
_MOST_MISSES = 10


class Handling(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`version` rises by one with every save. Automation rests for what comes after
    `handed_over_at`, until `rests_until`; None: until the conversation is closed."""

    version: int = 0
    needs_person_since: datetime | None = None
    why: str | None = None  # asked, missed, rule, person
    handed_over_at: datetime | None = None
    rests_until: datetime | None = None
    passed_at: datetime | None = None  # the handover for which control of the thread was passed
    reminder: str | None = None  # attempt id of what is said if nobody answers
    assigned_to: str | None = None
    tags: tuple[str, ...] = ()
    closed_at: datetime | None = None
    closed_by: str | None = None
    misses: tuple[str, ...] = ()  # marks of the inputs in a row that no rule understood
    score: str | None = None  # the customer's latest feedback: kind and number, "csat:5"
    scored_at: datetime | None = None


def rests(handling: Handling | None, at: datetime) -> bool:
    """Whether automation leaves what was written at this moment to a person."""
    if handling is None or handling.handed_over_at is None or at <= handling.handed_over_at:
        return False
    return handling.rests_until is None or at < handling.rests_until


def settled(handling: Handling, at: datetime) -> Handling:
    """As it stands for an input of this moment: once its rest is over, automation begins anew."""
    began = handling.handed_over_at
    if began is None or at <= began or rests(handling, at):
        return handling
    return replace(handling, handed_over_at=None, rests_until=None, reminder=None, misses=())


def is_closed(handling: Handling, conversation: Conversation) -> bool:
    """A customer who writes again opens it by that."""
    if handling.closed_at is None:
        return False
    last = conversation.last_customer_at
    return last is None or last <= handling.closed_at


def handed_over(
    handling: Handling, *, at: datetime, why: str, rests_for: timedelta | None
) -> Handling:
    """A person is wanted. While one is wanted already, or it was closed since, nothing changes."""
    is_over = handling.closed_at is not None and handling.closed_at >= at
    if is_over or rests(handling, at) or handling.handed_over_at == at:
        return handling if is_over else _flagged(handling, at, why)
    return replace(
        _flagged(handling, at, why),
        handed_over_at=at,
        rests_until=at + rests_for if rests_for else None,
    )


def answered(handling: Handling, at: datetime) -> Handling:
    """A person has answered: nobody has to be called any more, and what was not understood is over.
    Automation goes on resting."""
    since = handling.needs_person_since
    if since is not None and at < since:
        return handling
    return replace(handling, needs_person_since=None, why=None, misses=())


def taken_back(handling: Handling) -> Handling:
    """Automation answers again."""
    return replace(
        handling,
        needs_person_since=None,
        why=None,
        handed_over_at=None,
        rests_until=None,
        passed_at=None,
        reminder=None,
        misses=(),
    )


def closed(handling: Handling, *, at: datetime, by: str) -> Handling:
    """A person is done with it; automation answers whatever comes next."""
    return replace(taken_back(handling), closed_at=at, closed_by=by)


def mark_of(event_id: str) -> str:
    """By which a miss is known again when the event is delivered once more."""
    return digest("miss", event_id)[:8]


def missed(handling: Handling, event_id: str) -> Handling:
    """One more input that no rule understood."""
    mark = mark_of(event_id)
    if mark in handling.misses:
        return handling
    return replace(handling, misses=(*handling.misses, mark)[-_MOST_MISSES:])


def understood(handling: Handling) -> Handling:
    return replace(handling, misses=()) if handling.misses else handling


def misses_before(handling: Handling | None, event_id: str) -> int:
    """How many misses in a row came before this input."""
    if handling is None:
        return 0
    return sum(mark != mark_of(event_id) for mark in handling.misses)


def without_place(handling: Handling, *tags: str) -> tuple[str, ...]:
    """Those of these tags that a conversation has no place for: it has as many as it may have."""
    kept = tagged(handling, *tags).tags
    return tuple(tag for tag in dict.fromkeys(tags) if tag not in kept)


def tagged(handling: Handling, *tags: str) -> Handling:
    """With these tags too, each once, in the order of their coming."""
    return replace(handling, tags=tuple(dict.fromkeys((*handling.tags, *tags)))[:MOST_TAGS])


def scored(handling: Handling, score: str, at: datetime) -> Handling:
    """The latest feedback stays."""
    if handling.scored_at is not None and handling.scored_at >= at:
        return handling
    return replace(handling, score=score, scored_at=at)


def _flagged(handling: Handling, at: datetime, why: str) -> Handling:
    if handling.needs_person_since is not None:
        return handling
    if handling.handed_over_at == at:  # the same input again: a person may have answered it
        return handling
    return replace(handling, needs_person_since=at, why=why)
