"""The one path by which anything is sent: verdict, claim, render, post, settle."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, RecentSend, with_send
from chalicelib.core.messages import Message, Origin, OutboundMessage, State
from chalicelib.core.messaging_policy import REASONS, Permit, Refusal
from chalicelib.core.outbound import row_of
from chalicelib.core.retrying import next_try
from chalicelib.core.steps import Step
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_policy, confirm_send, move_conversation
from chalicelib.usecases.errors import NotFound

# Longer than the Graph client's timeouts: a claim that outlives it is unknown.
LEASE = timedelta(seconds=60)
HOLD = timedelta(minutes=5)  # how long a message waits while the channel's access token is dead


def run(
    message: OutboundMessage, rt: Runtime, *, tries: int = 0, known: Conversation | None = None
) -> Message:
    """Send it if policy permits, at most once; returns its row, whose state says what happened.
    A refusal is a REFUSED row with a reason code. `known` saves reading the conversation row.
    Raises NotFound for an unknown channel."""
    # gather
    channel = rt.channels.load(message.channel_id)
    if channel is None:
        raise NotFound("channel")
    known = known or move_conversation.load(channel, message.contact_id, rt)
    now = rt.now()
    row = replace(row_of(message, at=now, day=channel.local_day(now)), tries=tries)
    # decide
    verdict = ask_policy.run(message, channel, known, rt, at=now)
    if isinstance(verdict, Refusal):
        return _refused(row, verdict, rt)
    row = replace(row, basis=verdict.basis.value, deadline=_deadline(message, verdict))
    if rt.channels.is_stopped(channel.channel_id):
        return _held(replace(row, due_at=now + HOLD), rt)
    # apply
    opt_in = ask_policy.consent(message, row.conversation_id, rt, at=now)
    if opt_in and not rt.opt_ins.claim(opt_in, message.key, now):
        return _refused(row, Refusal("opt_in_used", REASONS["opt_in_used"]), rt)
    message = replace(message, token=opt_in.token if opt_in else None)
    known = _remembered(message, channel, known, rt, at=now)
    in_the_way = rt.messages.claim(replace(row, lease_until=now + LEASE))
    if in_the_way:
        return _known(in_the_way, channel, rt)
    return _post(message, verdict, row, known, channel, rt)


def _held(row: Message, rt: Runtime) -> Message:
    """Planned for later; a row that was planned before makes room for other channels' messages."""
    held = rt.messages.plan(row)
    if held.state is State.PLANNED and row.due_at and held.due_at != row.due_at:
        rt.messages.postpone(row.conversation_id, row.message_id, row.due_at)
    return held


def _remembered(
    message: OutboundMessage,
    channel: ChannelSettings,
    known: Conversation,
    rt: Runtime,
    *,
    at: datetime,
) -> Conversation:
    """A note on the conversation, so that an early echo is recognised. Automations made theirs when
    they took their slot."""
    if message.origin is Origin.AUTOMATION:
        return known
    send = RecentSend(message.key, at)
    step = Step(at=at, day=channel.local_day(at))
    return move_conversation.run(
        channel,
        message.contact_id,
        lambda _row: step,
        rt,
        change=lambda _before, after: with_send(after, send),
        known=known,
    )


def _known(row: Message, channel: ChannelSettings, rt: Runtime) -> Message:
    """Whoever sent it may have died before its consequences were stored."""
    if row.state is State.SENT:
        confirm_send.run(row, row.platform_message_id, channel, rt)
    return row


def _refused(row: Message, refusal: Refusal, rt: Runtime) -> Message:
    rt.log.info("message_refused", message_id=row.message_id, reason=refusal.reason)
    return rt.messages.refuse(replace(row, failure=refusal.reason))


def _deadline(message: OutboundMessage, permit: Permit) -> datetime | None:
    ends = [end for end in (message.expires_at, permit.deadline) if end is not None]
    return min(ends, default=None)


def _post(
    message: OutboundMessage,
    permit: Permit,
    row: Message,
    known: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
) -> Message:
    callback = ids.callback(row.conversation_id, row.message_id)
    try:
        request = PLATFORMS[channel.platform].render(message, permit, callback)
        accepted = rt.sender.post(channel, request)
    except SendError as error:
        return _not_accepted(error, row, known, channel, rt)
    claimed = replace(row, state=State.CLAIMED)
    confirm_send.run(claimed, accepted.platform_message_id, channel, rt, known=known)
    rt.log.info(
        "message_sent", message_id=row.message_id, channel_id=row.channel_id, basis=row.basis
    )
    return replace(row, state=State.SENT, platform_message_id=accepted.platform_message_id)


def _not_accepted(
    error: SendError, row: Message, known: Conversation, channel: ChannelSettings, rt: Runtime
) -> Message:
    settled = _outcome(error, row, rt.now())
    rt.messages.settle(
        row.conversation_id,
        row.message_id,
        settled.state,
        failure=settled.failure,
        due_at=settled.due_at,
    )
    _tell(error, settled, rt)
    if error.error_class is ErrorClass.TOKEN:
        rt.channels.stop_sending(channel.channel_id, reason=error.reason, at=rt.now())
    if error.error_class is ErrorClass.RECIPIENT_GONE:
        _mark_unreachable(known, channel, rt)
    return settled


def _outcome(error: SendError, row: Message, now: datetime) -> Message:
    """What becomes of the row: again later, unknown, or failed for good."""
    match error.error_class:
        case ErrorClass.RETRY | ErrorClass.RATE | ErrorClass.TOKEN:
            due_at = next_try(
                now, row.tries, retry_after_seconds=error.retry_after_seconds, deadline=row.deadline
            )
            if due_at:
                return replace(row, state=State.PLANNED, due_at=due_at, failure=error.reason)
            return replace(row, state=State.FAILED, failure="too_late_to_retry")
        case ErrorClass.AMBIGUOUS:
            return replace(row, state=State.UNKNOWN, failure=error.reason)
    return replace(row, state=State.FAILED, failure=error.reason)


def _tell(error: SendError, row: Message, rt: Runtime) -> None:
    rt.log.warning(
        "message_not_accepted",
        message_id=row.message_id,
        channel_id=row.channel_id,
        error_class=error.error_class.value,
        code=error.code,
        subcode=error.subcode,
        state=row.state.value,
    )
    rt.log.count("sends_not_accepted", error_class=error.error_class.value)


def _mark_unreachable(known: Conversation, channel: ChannelSettings, rt: Runtime) -> None:
    now = rt.now()
    step = Step(at=now, day=channel.local_day(now))
    move_conversation.run(
        channel,
        known.contact_id,
        lambda _row: step,
        rt,
        change=lambda _before, after: replace(after, unreachable_at=now),
        known=known,
    )
