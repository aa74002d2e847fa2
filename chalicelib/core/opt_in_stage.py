"""Where a consent stands: from the day it is given to what its one message came to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from chalicelib.core.decisions import What, read
from chalicelib.core.looking import UNCONFIRMED
from chalicelib.core.messages import Message, State, state_now
from chalicelib.core.opt_in import OptIn


class Stage(StrEnum):
    ISSUED = "issued"  # good for one message
    STOPPED = "stopped"
    EXPIRED = "expired"
    CLAIMED = "claimed"  # a message has it that is still to be sent, or whose row is gone
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"  # the token is used, most likely by this message


_OF_STATE = {
    State.SENT: Stage.SENT,
    State.FAILED: Stage.FAILED,
    State.REFUSED: Stage.FAILED,
    State.UNKNOWN: Stage.UNKNOWN,
}


def stage(opt_in: OptIn, attempt: Message | None, now: datetime) -> Stage:
    """`attempt`: the message that has the consent, as it stands; None if none does."""
    if opt_in.used_by is None:
        return _unused(opt_in, now)
    if attempt is None:
        return Stage.CLAIMED
    state = state_now(attempt, now)
    if state is State.UNKNOWN and attempt.failure == UNCONFIRMED:
        return Stage.UNCONFIRMED
    return _OF_STATE.get(state, Stage.CLAIMED)


def is_over_unposted(row: Message) -> bool:
    """Refused before any post, for good: nobody can claim it any more."""
    is_refused = row.state is State.REFUSED and row.tries <= 1
    return is_refused and all(read(entry).what is What.REFUSED for entry in row.ledger)


def _unused(opt_in: OptIn, now: datetime) -> Stage:
    if opt_in.stopped_at is not None:
        return Stage.STOPPED
    return Stage.EXPIRED if opt_in.expires_at <= now else Stage.ISSUED
