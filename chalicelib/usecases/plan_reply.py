"""Say something later: a planned message that waits in the table, and is dropped if it is no longer
wanted when its time comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.core import decisions
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.delayed import ANSWER_OF_OTHERS, SUPERSEDED, Cancel, Unless, still_wanted
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Message, OutboundMessage, State
from chalicelib.core.outbound import row_of
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_policy
from chalicelib.usecases.errors import NotFound


def run(
    message: OutboundMessage,
    rt: Runtime,
    *,
    at: datetime,
    unless: Sequence[Cancel] = (),
    since: datetime | None = None,
) -> Message:
    """Plan it for `at`; returns its row as it stands, which is an earlier one if the same message
    was planned before. When its time comes `send_message` asks the policy, and drops it as REFUSED
    (`superseded`) if one of `unless` happened after `since`: now, if not given. The contact must
    have a conversation row. Raises NotFound for an unknown channel or conversation."""
    channel = rt.channels.load(message.channel_id)
    if channel is None:
        raise NotFound("channel")
    own = conversation_id(message.platform, message.channel_id, message.contact_id)
    if rt.conversations.load(own) is None:
        raise NotFound("conversation")
    now = rt.now()
    if unless:
        message = replace(message, unless=Unless(since or now, tuple(unless)))
    row = row_of(message, at=now, day=channel.local_day(now))
    return rt.messages.plan(replace(row, due_at=at))


def is_overtaken(
    planned: Message,
    message: OutboundMessage,
    known: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
) -> bool:
    """Whether the conversation has become somebody else's since this message of an automation was
    planned: a person or another app answered, or it was handed over. An answer to the customer is
    overtaken by the closing of the conversation, too."""
    since = planned.occurred_at
    if not still_wanted(known, Unless(since, ANSWER_OF_OTHERS)):
        return True
    is_answer = ask_policy.answers(message)
    if not (channel.handover.is_on or is_answer):
        return False
    from chalicelib.usecases import change_handling  # late: few replies have to wait

    handling = change_handling.load(known, rt)
    handed_over_at = handling.handed_over_at if channel.handover.is_on else None
    closed_at = handling.closed_at if is_answer else None
    return any(at is not None and at > since for at in (handed_over_at, closed_at))


def drop(row: Message | None, rt: Runtime) -> None:
    """It is not wanted any more: if it is still planned, it will not be said."""
    if row and row.state is State.PLANNED:
        give_up(row, SUPERSEDED, rt)


def give_up(row: Message, reason: str, rt: Runtime) -> Message:
    """It will not be sent; returns its row, which is not REFUSED if somebody was quicker. It is on
    no list of failures: nobody has to send it again."""
    entry = decisions.dropped(rt.now(), reason)
    stored = rt.messages.refuse(replace(row, failure=reason, tries=0, ledger=(entry,)))
    if stored.state is State.REFUSED:
        rt.log.info("message_refused", message_id=row.message_id, reason=stored.failure)
    return stored
