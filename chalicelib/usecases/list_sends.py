"""Sends that went wrong, by channel: why, what to do, and whether they can be sent again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chalicelib.core import resending
from chalicelib.core.looking import WORKER_DIED
from chalicelib.core.messages import Message, State, state_now
from chalicelib.core.resending import Obstacle
from chalicelib.core.send_reasons import Explanation, explain
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel
from chalicelib.usecases.errors import InvalidInput


class Trouble(StrEnum):
    FAILED = "failed"  # or refused when its time came
    UNKNOWN = "unknown"  # it may have arrived


_STATES = {
    Trouble.FAILED: frozenset({State.FAILED, State.REFUSED}),
    Trouble.UNKNOWN: frozenset({State.UNKNOWN}),
}


class SendView(Struct, frozen=True):
    """A send that went wrong, as it stands now."""

    message: Message
    state: State
    reason: str
    explanation: Explanation
    obstacle: Obstacle | None  # what stands against sending it again; None: nothing does


class SendPage(Struct, frozen=True):
    """The latest first; `next_cursor` is opaque, None at the end. A page may be short."""

    items: tuple[SendView, ...]
    next_cursor: str | None


def run(
    channel_id: str, trouble: Trouble, *, cursor: str | None, limit: int, rt: Runtime
) -> SendPage:
    """A page of the channel's sends that went wrong. Raises NotFound, InvalidInput."""
    platform = read_channel.run(channel_id, rt).platform
    try:
        page = rt.messages.gone_wrong(channel_id, State(trouble), cursor=cursor, limit=limit)
    except ValueError as error:
        if cursor is None:
            raise
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    now, states = rt.now(), _STATES[trouble]
    found = [row for row in page.items if state_now(row, now) in states and not row.resent_as]
    return SendPage(tuple(_view(row, platform, now) for row in found), page.next_cursor)


def _view(row: Message, platform: str, now: datetime) -> SendView:
    reason = row.failure or WORKER_DIED
    return SendView(
        message=row,
        state=state_now(row, now),
        reason=reason,
        explanation=explain(reason, platform),
        obstacle=resending.obstacle(row, now),
    )
