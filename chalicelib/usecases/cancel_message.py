"""Somebody wants a message that is planned not to be sent."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core.delayed import CANCELLED
from chalicelib.core.messages import Message, State
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, plan_reply, read_channel
from chalicelib.usecases.errors import Conflict


def run(conversation_id: str, message_id: str, rt: Runtime) -> Message:
    """Give it up before its time; returns its row, REFUSED as `cancelled`, the same when it is
    repeated. The consent that it had is good for another message. Raises NotFound, and Conflict
    where it is not planned, or not any more."""
    row, _ = find_contact.our_message(conversation_id, message_id, rt)
    if row.state is State.PLANNED:
        row = plan_reply.give_up(_dated(row, rt), CANCELLED, rt)
    if row.failure != CANCELLED:
        raise Conflict("not_planned", f"Only a planned message is cancelled; this is {row.state}.")
    return row


def _dated(row: Message, rt: Runtime) -> Message:
    """By the time of this decision: what is scheduled is dated by the time it would go out."""
    now = rt.now()
    channel = read_channel.run(row.channel_id, rt)
    return replace(row, occurred_at=now, day=channel.local_day(now))
