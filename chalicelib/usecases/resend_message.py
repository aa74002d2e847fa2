"""Somebody wants a send that went wrong to be made again."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.core import decisions, resending
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message, OutboundMessage, State
from chalicelib.core.messaging_policy import Refusal
from chalicelib.core.outbound import row_of
from chalicelib.core.resending import MAY_BE_TWICE, OBSTACLES, Obstacle
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    choose_form,
    find_contact,
    move_conversation,
    read_channel,
    send_message,
)
from chalicelib.usecases.errors import Conflict


def run(
    *,
    conversation_id: str,
    message_id: str,
    idempotency_key: str,
    is_confirmed: bool,
    rt: Runtime,
) -> Message:
    """Send it again, once for this key, under a new id; returns the new row. A policy refusal is a
    row in state REFUSED, and leaves the old send as it was. `is_confirmed`: the customer may get it
    twice. Raises NotFound, and Conflict where it cannot be sent again or wants confirmation."""
    # gather
    row, conversation = _ours(conversation_id, message_id, rt)
    channel = read_channel.run(conversation.channel_id, rt)
    again = resending.again(row, conversation, idempotency_key)
    # decide
    if row.resent_as != again.key:
        _check(row, is_confirmed, rt)
        refused = _refused(again, row, channel, conversation, rt)
        if refused:
            return refused
    # apply
    _take(row, again, rt)
    return send_message.run(again, rt, known=conversation)


def _ours(conversation_id: str, message_id: str, rt: Runtime) -> tuple[Message, Conversation]:
    row, conversation = find_contact.our_message(conversation_id, message_id, rt)
    # The conversation that has the row: one idempotency key is one attempt, whichever was named.
    return row, rt.conversations.load(row.conversation_id) or conversation


def _check(row: Message, is_confirmed: bool, rt: Runtime) -> None:
    found = resending.obstacle(row, rt.now())
    if found is None and resending.may_be_twice(row, rt.now()) and not is_confirmed:
        found = MAY_BE_TWICE
    if found:
        raise _conflict(found)


def _refused(
    again: OutboundMessage,
    old: Message,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
) -> Message | None:
    """Asked before the old send is given up: it stays in its list until it may be sent, and its
    ledger tells of the refusal."""
    now = rt.now()
    known = move_conversation.leading(conversation, rt)
    chosen = choose_form.run(again, channel, known, rt, at=now)
    verdict = _of_campaign(again, channel, rt, at=now) or chosen.verdict
    if not isinstance(verdict, Refusal):
        return None
    entry = decisions.refused(chosen.question, verdict, campaign=again.campaign_id)
    for each in decisions.bound(entry, tries=len(old.ledger)):
        rt.messages.note(old.conversation_id, old.message_id, each)
    row = row_of(again, at=now, day=channel.local_day(now))
    return replace(row, state=State.REFUSED, failure=verdict.reason)


def _of_campaign(
    again: OutboundMessage, channel: ChannelSettings, rt: Runtime, *, at: datetime
) -> Refusal | None:
    """Why not, if it is part of a campaign that is over; quiet hours only put it off."""
    if again.campaign_id is None:
        return None
    from chalicelib.usecases import ask_campaign  # late: most messages are of none

    found = ask_campaign.run(again, channel, rt, at=at)
    return found if isinstance(found, Refusal) else None


def _take(row: Message, again: OutboundMessage, rt: Runtime) -> None:
    """Of several who want to send it again one wins; an echo that comes just now wins too."""
    taken = rt.messages.mark_resent(row.conversation_id, row.message_id, again.key)
    if taken is None or taken.resent_as != again.key:
        reason = "already_resent" if taken and taken.resent_as else "already_sent"
        raise _conflict(Obstacle(reason, OBSTACLES[reason]))
    rt.log.info("send_again", message_id=row.message_id, attempt_id=again.key)


def _conflict(found: Obstacle) -> Conflict:
    return Conflict(found.reason, found.sentence)
