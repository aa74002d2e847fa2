"""The one path by which anything is sent: verdict, claim, render, post, settle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import decisions, ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, RecentSend, with_send
from chalicelib.core.delayed import SUPERSEDED, still_wanted
from chalicelib.core.messages import Message, Origin, OutboundMessage, State
from chalicelib.core.messaging_policy import Basis, Permit, Refusal
from chalicelib.core.outbound import message_of
from chalicelib.core.retrying import TOO_LATE
from chalicelib.core.steps import Step
from chalicelib.platforms import SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    ask_policy,
    choose_form,
    confirm_send,
    find_contact,
    move_conversation,
    pace,
    plan_reply,
    send_attempt,
    settle_send,
)
from chalicelib.usecases.send_attempt import Attempt, Waiting

# Longer than the Graph client's timeouts: a claim that outlives it is unknown.
LEASE = timedelta(seconds=60)

_Ledger: TypeAlias = tuple[str, ...]


def run(message: OutboundMessage, rt: Runtime, *, known: Conversation | None = None) -> Message:
    """Send it if policy permits, at most once; returns its row, whose state says what happened.
    A refusal is a REFUSED row with a reason code; what must wait is PLANNED. `known` saves reading
    the conversation row. Raises NotFound for an unknown channel."""
    tried = _tried(send_attempt.gathered(message, rt, known=known), rt)
    return planned(tried, rt) if isinstance(tried, Waiting) else tried


def planned(waiting: Waiting, rt: Runtime) -> Message:
    """Have it sent when its time comes; returns its row, or the one that is in the way."""
    row = rt.messages.plan(waiting.row)
    channel = rt.channels.load(row.channel_id)
    return _finished(row, channel, rt) if channel else row


def now_or_later(
    message: OutboundMessage, rt: Runtime, *, known: Conversation
) -> Message | Waiting:
    """As `run`, but what must wait is stored nowhere: the caller comes back with it."""
    return _tried(send_attempt.gathered(message, rt, known=known), rt)


def again(
    message: OutboundMessage, rt: Runtime, *, planned: Message, known: Conversation
) -> Message | Waiting:
    """The same for a message whose row is planned and due. What must wait for its channel is left
    as it is, the next to go; what must wait for its contact becomes due later."""
    is_automated = message.origin is Origin.AUTOMATION
    attempt = send_attempt.gathered(message, rt, known=known, is_fresh=is_automated)
    row = replace(attempt.row, tries=planned.tries + 1)
    attempt = replace(attempt, row=row, was_posted=planned.failure is not None)
    if is_automated and plan_reply.is_overtaken(
        planned, message, attempt.known, attempt.channel, rt
    ):
        return plan_reply.give_up(attempt.row, SUPERSEDED, rt)
    tried = _tried(attempt, rt)
    if isinstance(tried, Waiting) and tried.is_for_contact and tried.row.due_at:
        rt.messages.postpone(planned, tried.row.due_at)
    return tried


def repeat(row: Message, rt: Runtime, *, known: Conversation) -> Message:
    """Post an unknown send once more if it spends a one-time token and may still be sent: the
    platform takes a token once, so the customer gets it once at most. Returns the row as it is to
    be understood: SENT, UNKNOWN with `unconfirmed` once nothing more can be told, or as it was."""
    attempt = send_attempt.gathered(message_of(row, known), rt, known=known)
    attempt = replace(attempt, row=row)
    is_barred = send_attempt.of_campaign(attempt, rt) is not None  # cancelled, late, a wrong hour
    if is_barred:
        return row
    chosen = choose_form.run(attempt.message, attempt.channel, attempt.known, rt, at=attempt.at)
    permit = chosen.verdict
    if isinstance(permit, Refusal) or permit.basis is not Basis.ONE_TIME_TOKEN:
        return row
    opt_in = ask_policy.consent(attempt.message, attempt.known, rt, at=attempt.at)
    is_ours = opt_in is not None and opt_in.used_by == attempt.message.consent_key
    if opt_in is None or not is_ours or send_attempt.wait(attempt, rt):
        return row
    return _posted(
        replace(attempt, message=replace(attempt.message, token=opt_in.token)), permit, rt
    )


def _tried(attempt: Attempt, rt: Runtime) -> Message | Waiting:
    # decide
    if not still_wanted(attempt.known, attempt.message.unless):
        return plan_reply.give_up(attempt.row, SUPERSEDED, rt)
    chosen = choose_form.run(
        attempt.message,
        attempt.channel,
        attempt.known,
        rt,
        at=attempt.at,
        is_decided=attempt.was_posted,
    )
    attempt = send_attempt.in_form(attempt, chosen)
    verdict = send_attempt.of_campaign(attempt, rt) or chosen.verdict
    if isinstance(verdict, datetime):
        return Waiting(replace(attempt.row, due_at=verdict), is_for_contact=True)
    if isinstance(verdict, Refusal):
        return _refused(attempt, verdict, rt)
    row = replace(attempt.row, basis=verdict.basis.value, deadline=verdict.deadline)
    attempt = replace(attempt, row=row)
    waiting = send_attempt.wait(attempt, rt)
    # apply
    if waiting is None:
        return _sent_once(attempt, verdict, rt)
    is_too_late = row.deadline and waiting.row.due_at and waiting.row.due_at >= row.deadline
    return _too_late(attempt, verdict, rt) if is_too_late else waiting


def _sent_once(attempt: Attempt, permit: Permit, rt: Runtime) -> Message:
    message = attempt.message
    too_many = send_attempt.too_many(attempt, rt)
    if too_many:
        return _refused(attempt, too_many, rt)
    opt_in = ask_policy.consent(message, attempt.known, rt, at=attempt.at, basis=permit.basis)
    if opt_in and opt_in.stopped_at:  # while the policy was asked
        return _refused(attempt, _refusal("opt_in_stopped"), rt)
    if opt_in and not rt.opt_ins.claim(opt_in, message.consent_key, attempt.at):
        return _refused(attempt, _refusal("opt_in_used"), rt)
    known = _remembered(attempt, rt)
    in_the_way = _claimed(attempt, _entry(decisions.permitted, attempt, permit), rt)
    if in_the_way:
        return _finished(in_the_way, attempt.channel, rt)
    if opt_in and permit.basis is Basis.ONE_TIME_TOKEN:
        message = replace(message, token=opt_in.token)
    return _posted(replace(attempt, message=message, known=known), permit, rt)


def _refusal(reason: str) -> Refusal:
    from chalicelib.core.messaging_policy.reasons import REASONS  # rare

    return Refusal(reason, REASONS[reason])


def _refused(attempt: Attempt, refusal: Refusal, rt: Runtime) -> Message:
    row, entry = attempt.row, _entry(decisions.refused, attempt, refusal)
    rt.log.info("message_refused", message_id=row.message_id, reason=refusal.reason)
    stored = rt.messages.refuse(replace(row, failure=refusal.reason, ledger=entry))
    if stored.state is State.REFUSED and row.tries <= 1:
        _give_back(attempt, rt)
    return _finished(stored, attempt.channel, rt)


def _give_back(attempt: Attempt, rt: Runtime) -> None:
    """The consent that a notification took when it was planned, and never used: nobody can claim
    this row any more."""
    if attempt.message.origin is not Origin.CAMPAIGN:
        return
    opt_in = ask_policy.consent(attempt.message, attempt.known, rt, at=attempt.at)
    if opt_in is None or opt_in.used_by != attempt.message.consent_key:
        return
    from chalicelib.usecases import held_consent  # late: few are refused that were planned

    if held_consent.is_in_vain(opt_in, attempt.known, rt):
        rt.opt_ins.release(opt_in)


def _entry(write: Callable[..., str], attempt: Attempt, verdict: Permit | Refusal) -> _Ledger:
    """What the ledger says of this attempt."""
    text = write(attempt.question, verdict, campaign=attempt.message.campaign_id)
    return decisions.bound(text, tries=attempt.row.tries)


def _claimed(attempt: Attempt, entry: _Ledger, rt: Runtime) -> Message | None:
    """None if we have it, else the row in the way."""
    lease = attempt.at + LEASE
    return rt.messages.claim(replace(attempt.row, lease_until=lease, ledger=entry))


def _too_late(attempt: Attempt, permit: Permit, rt: Runtime) -> Message:
    in_the_way = _claimed(attempt, _entry(decisions.too_late, attempt, permit), rt)
    if in_the_way:
        return _finished(in_the_way, attempt.channel, rt)
    row = replace(attempt.row, state=State.FAILED, failure=TOO_LATE, due_at=None)
    settle_send.run(row, attempt.channel, rt)
    rt.log.count("sends_too_late")
    return row


def _remembered(attempt: Attempt, rt: Runtime) -> Conversation:
    """A note on the conversation, so that an early echo is recognised. Automations made theirs when
    they took their slot."""
    message, at = attempt.message, attempt.at
    if message.origin is Origin.AUTOMATION:
        return attempt.known
    step = Step(at=at, day=attempt.row.day)
    return move_conversation.run(
        attempt.channel,
        message.contact_id,
        lambda _row: step,
        rt,
        change=lambda _before, after: _noted(after, message, at),
        known=attempt.known,
    )


def _noted(known: Conversation, message: OutboundMessage, at: datetime) -> Conversation:
    noted = with_send(known, RecentSend(message.key, at))
    return known if noted is known else pace.counted(noted, at=at)


def _finished(row: Message, channel: ChannelSettings, rt: Runtime) -> Message:
    """Whoever sent it may have died before its consequences were stored."""
    if row.state is State.SENT:
        confirm_send.run(row, row.platform_message_id, channel, rt)
    return settle_send.if_abandoned(row, channel, rt)


def _posted(attempt: Attempt, permit: Permit, rt: Runtime) -> Message:
    row, channel = attempt.row, attempt.channel
    callback = ids.callback(row.conversation_id, row.message_id)
    try:
        message = replace(attempt.message, contact_id=find_contact.address(attempt.known, rt))
        request = PLATFORMS[channel.platform].render(message, permit, callback)
        accepted = rt.sender.post(channel, request)
    except SendError as error:
        from chalicelib.usecases import not_accepted  # late: most are accepted

        return not_accepted.run(error, attempt, rt)
    claimed = replace(row, state=State.CLAIMED)
    named = accepted.platform_message_id
    entry = decisions.accepted(rt.now(), named)
    confirm_send.run(claimed, named, channel, rt, known=attempt.known, entry=entry)
    rt.log.info(
        "message_sent", message_id=row.message_id, channel_id=row.channel_id, basis=row.basis
    )
    pace.accepted(accepted, attempt.message, channel, rt)
    return replace(row, state=State.SENT, platform_message_id=accepted.platform_message_id)
