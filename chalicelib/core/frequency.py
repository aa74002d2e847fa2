"""How often a contact may get notifications to many, whichever campaigns they are of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

MOST_DAYS = 90
MOST_MESSAGES = 50


class NotificationCap(Struct, frozen=True, kw_only=True):
    """At most `messages` to one contact within any `days` times 24 hours."""

    messages: Annotated[int, Meta(ge=1, le=MOST_MESSAGES)]
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)]


class Slot(Struct, frozen=True, array_like=True):
    """A notification to many that this contact was to get: counted from when it was first tried."""

    attempt_id: str
    at: datetime


def with_slot(
    slots: Sequence[Slot], attempt_id: str, cap: NotificationCap, at: datetime
) -> tuple[Slot, ...] | None:
    """The slots with one for this attempt, those too old for any cap left out; the same as before
    if it has one; None if there have been too many."""
    if any(slot.attempt_id == attempt_id for slot in slots):
        return tuple(slots)
    since = at - timedelta(days=cap.days)
    if sum(slot.at > since for slot in slots) >= cap.messages:
        return None
    kept = [slot for slot in slots if slot.at > at - timedelta(days=MOST_DAYS)]
    return (*kept, Slot(attempt_id, at))[-MOST_MESSAGES:]
