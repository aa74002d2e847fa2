"""The rows of the keys of one person as one row: by minimum, maximum and union, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from msgspec.structs import replace

from chalicelib.core.automations._guard import LONG_LIMIT
from chalicelib.core.conversation import RECENT_SENDS, Conversation

_LATEST = (
    "last_customer_at",
    "last_visit_at",
    "last_person_at",
    "last_automated_at",
    "last_other_app_at",
    "unreachable_at",
    "pair_full_at",
    "away_period",
)


def joined(row: Conversation, others: Iterable[Conversation]) -> Conversation:
    """The row with everything that the others know too; its waits as they were. Taking the same row
    in again changes nothing."""
    return reduce(_with, others, row)


def resting(row: Conversation, leader: str) -> Conversation:
    """The row of a key whose contact another key leads: it keeps what it knows, and waits no
    more."""
    return replace(without_waits(row), merged_into=leader, is_joint=False, wrote_as=None)


def without_waits(row: Conversation) -> Conversation:
    names = [name for name in row.__struct_fields__ if name.startswith(("wait_", "closed_wait_"))]
    return replace(row, **dict.fromkeys(names))


def _with(row: Conversation, other: Conversation) -> Conversation:
    first = [at for at in (row.first_contact_at, other.first_contact_at) if at]
    latest: dict[str, Any] = {name: _latest(name, row, other) for name in _LATEST}
    return replace(
        row,
        first_contact_at=min(first, default=None),
        **latest,
        **_window(row, other),
        **_owner(row, other),
        **_sends(row, other),
    )


def _latest(name: str, row: Conversation, other: Conversation) -> Any:
    return max((getattr(each, name) for each in (row, other) if getattr(each, name)), default=None)


def _window(row: Conversation, other: Conversation) -> dict[str, Any]:
    names = ("window_ends_at", "window_opened_at", "window_opened_by")
    return _greatest(names, [row, other], is_known="window_ends_at")


def _owner(row: Conversation, other: Conversation) -> dict[str, Any]:
    names = ("thread_owner_at", "thread_owner")
    return _greatest(names, [row, other], is_known="thread_owner_at")


def _greatest(
    names: tuple[str, ...], rows: Sequence[Conversation], *, is_known: str
) -> dict[str, Any]:
    """Values that belong together: of the row whose first is the greatest, as in steps.py."""
    known = [tuple(getattr(row, name) for name in names) for row in rows if getattr(row, is_known)]
    return dict(zip(names, max(known, key=_rank, default=(None,) * len(names)), strict=True))


def _rank(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*values[:-1], values[-1] == "other", values[-1])


def _sends(row: Conversation, other: Conversation) -> dict[str, Any]:
    sends = {send.attempt_id: send for send in (*row.recent_sends, *other.recent_sends)}
    recent = sorted(sends.values(), key=lambda send: (send.at, send.attempt_id))
    automated: list[datetime] = sorted({*row.automated_at, *other.automated_at})
    return {
        "recent_sends": tuple(recent[-RECENT_SENDS:]),
        "automated_at": tuple(automated[-LONG_LIMIT:]),
    }
