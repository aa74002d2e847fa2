"""Settle a send that did not go through, so that it is found among the failed or unknown ones."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core import decisions
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.looking import FIRST_LOOK, UNCONFIRMED, WORKER_DIED
from chalicelib.core.messages import Listing, Message, State, state_now
from chalicelib.platforms import _conversations_api
from chalicelib.ports import Runtime
from chalicelib.usecases import note_request


class StillSendingError(Exception):
    """Another worker is at this very reply: if it dies, the event has to come again."""


def run(row: Message, channel: ChannelSettings, rt: Runtime, *, trace: str | None = None) -> None:
    """Store the outcome that the row has: FAILED, UNKNOWN, or PLANNED again. `trace`: Meta's id of
    its answer."""
    entry = decisions.not_accepted(rt.now(), row.state, row.failure, trace)
    is_one_of_many = row.state is State.PLANNED and not decisions.bound(entry, tries=row.tries)
    rt.messages.settle(
        row.conversation_id,
        row.message_id,
        row.state,
        failure=row.failure,
        due_at=row.due_at,
        listing=_listing(row, channel, rt),
        entry=None if is_one_of_many else entry,
    )
    if row.state is State.UNKNOWN:
        note_request.run(row, rt)


def if_abandoned(row: Message, channel: ChannelSettings, rt: Runtime) -> Message:
    """A claim that nobody settled within its lease becomes UNKNOWN: its worker died. Returns the
    row as it is to be understood."""
    is_over = row.state is State.CLAIMED and state_now(row, rt.now()) is State.UNKNOWN
    if not is_over or row.resent_as:
        return row
    unknown = replace(row, state=State.UNKNOWN, failure=WORKER_DIED, lease_until=None)
    run(unknown, channel, rt)
    rt.log.warning("send_abandoned", message_id=row.message_id, channel_id=row.channel_id)
    return unknown


def _listing(row: Message, channel: ChannelSettings, rt: Runtime) -> Listing:
    now = rt.now()
    can_look = channel.platform in _conversations_api.OFFERED_BY
    look_at = now + FIRST_LOOK if can_look and row.failure != UNCONFIRMED else None
    return Listing(channel.channel_id, now, look_at, row.day)
