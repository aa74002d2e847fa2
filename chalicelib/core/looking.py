"""Did an unknown send arrive? What a look into the platform's conversation tells, and when to look.

Nothing is taken for undelivered on one look, or soon: what is missing may only be late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.core.messages import Message, MessageKind, State

FIRST_LOOK = timedelta(minutes=1)  # the echo is usually faster
SURE_AFTER = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=1)
_SHORTEST, _LONGEST = timedelta(minutes=2), timedelta(hours=4)  # between two looks
# Our clock and Meta's differ a little; a claim is posted within its lease of a minute.
_EARLY, _LATE = timedelta(minutes=1), timedelta(minutes=2)

WORKER_DIED = "ambiguous_worker_died"  # after the claim, perhaps before the post
NOT_SEEN_YET = "not_seen_yet"
NOT_DELIVERED = "not_delivered"
NOT_FOUND_OUT = "not_found_out"
# A one-time token that was posted again is said to be used or invalid: most likely by the first
# post, whose answer was lost.
UNCONFIRMED = "unconfirmed"


class Written(Struct, frozen=True):
    """A message of the business as the platform's conversation shows it."""

    message_id: str
    at: datetime
    text: str | None = None


class Look(Struct, frozen=True):
    """What the platform showed of a conversation: the latest that the business wrote. `since`: how
    far back that goes; None: to its beginning."""

    written: tuple[Written, ...]
    since: datetime | None = None


class Conclusion(Struct, frozen=True):
    """What becomes of the send. SENT comes with the platform's id; UNKNOWN with the time of the
    next look, None once nobody looks any more."""

    state: State
    failure: str | None = None
    platform_message_id: str | None = None
    look_at: datetime | None = None


def together(looks: Sequence[Look]) -> Look:
    """Several looks as one, which goes back as far as all of them."""
    written = tuple(each for look in looks for each in look.written)
    return Look(written, max((look.since for look in looks if look.since), default=None))


def conclude(
    row: Message, look: Look | None, *, taken: frozenset[str], now: datetime
) -> Conclusion:
    """Judge an unknown send by a look, None if the look failed. `taken` are the platform ids of
    other messages that we know."""
    if look is None or not _reaches(look, row):
        return _again(row, row.failure, now)
    near = [each for each in look.written if _is_near(each, row) and each.message_id not in taken]
    found = _found(row, near)
    if found:
        return Conclusion(State.SENT, platform_message_id=found.message_id)
    if near:  # it may be ours in other words, or somebody else's
        return _again(row, row.failure, now)
    if row.failure == NOT_SEEN_YET and now - row.occurred_at >= SURE_AFTER:
        return Conclusion(State.FAILED, NOT_DELIVERED)
    return _again(row, NOT_SEEN_YET, now)


def _again(row: Message, failure: str | None, now: datetime) -> Conclusion:
    """Half the send's age later, but not sooner than the shortest pause nor after the longest."""
    age = now - row.occurred_at
    if age >= GIVEN_UP_AFTER:
        return Conclusion(State.UNKNOWN, NOT_FOUND_OUT)
    return Conclusion(State.UNKNOWN, failure, look_at=now + min(max(age / 2, _SHORTEST), _LONGEST))


def _reaches(look: Look, row: Message) -> bool:
    return look.since is None or look.since <= row.occurred_at - _EARLY


def _is_near(written: Written, row: Message) -> bool:
    return -_EARLY <= written.at - row.occurred_at <= _LATE


def _found(row: Message, near: list[Written]) -> Written | None:
    if row.kind is MessageKind.TEXT and row.text and not row.attachments:
        same = [each for each in near if _words(each.text) == _words(row.text)]
        return min(same, key=lambda each: abs(each.at - row.occurred_at), default=None)
    return near[0] if len(near) == 1 else None  # nothing to compare


def _words(text: str | None) -> list[str]:
    return (text or "").split()
