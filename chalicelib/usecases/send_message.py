"""The one path by which anything is sent: verdict, claim, render, post, settle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import decisions, ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, RecentSend, with_send
from chalicelib.core.delayed import SUPERSEDED, still_wanted
from chalicelib.core.looking import UNCONFIRMED
from chalicelib.core.messages import UNSETTLED, Message, Origin, OutboundMessage, State
from chalicelib.core.messaging_policy import Basis, Permit, Question, Refusal
from chalicelib.core.outbound import message_of, row_of
from chalicelib.core.retrying import next_try
from chalicelib.core.steps import Step
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.platforms._graph_answers import ONE_TIME_TOKEN_SPENT
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    ask_policy,
    choose_form,
    confirm_send,
    find_contact,
    marketing_refused,
    move_conversation,
    pace,
    plan_reply,
    report_window_refusal,
    settle_send,
)
from chalicelib.usecases.errors import NotFound

# Longer than the Graph client's timeouts: a claim that outlives it is unknown.
LEASE = timedelta(seconds=60)
HOLD = timedelta(minutes=5)  # how long a message waits while the channel must not send
TOO_LATE = "too_late_to_retry"
# Errors of a repeated post that do not tell what became of the first one.
_TELLS_NOTHING = frozenset(
    {
        ErrorClass.RETRY,
        ErrorClass.RATE,
        ErrorClass.TOKEN,
        ErrorClass.FETCH,
        ErrorClass.AMBIGUOUS,
    }
)

_Ledger: TypeAlias = tuple[str, ...]


class _Attempt(Struct, frozen=True):
    """One try: the message, its row to be, the channel, and the conversation as it was read."""

    message: OutboundMessage
    row: Message
    channel: ChannelSettings
    known: Conversation
    at: datetime
    question: Question | None = None  # what the policy was asked
    was_posted: bool = False  # before, and the platform did not take it then


class Waiting(Struct, frozen=True):
    """Not sent, and nothing stored: its channel must wait, or the contact has had enough for the
    moment. `due_at` of the row says when to try again."""

    row: Message
    is_for_contact: bool


def run(message: OutboundMessage, rt: Runtime, *, known: Conversation | None = None) -> Message:
    """Send it if policy permits, at most once; returns its row, whose state says what happened.
    A refusal is a REFUSED row with a reason code; what must wait is PLANNED. `known` saves reading
    the conversation row. Raises NotFound for an unknown channel."""
    tried = _tried(_gathered(message, rt, known=known), rt)
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
    return _tried(_gathered(message, rt, known=known), rt)


def again(
    message: OutboundMessage, rt: Runtime, *, planned: Message, known: Conversation
) -> Message | Waiting:
    """The same for a message whose row is planned and due. What must wait for its channel is left
    as it is, the next to go; what must wait for its contact becomes due later."""
    is_automated = message.origin is Origin.AUTOMATION
    attempt = _gathered(message, rt, known=known, is_fresh=is_automated)
    row = replace(attempt.row, tries=planned.tries + 1)
    attempt = replace(attempt, row=row, was_posted=planned.failure is not None)
    if is_automated and plan_reply.is_overtaken(planned, attempt.known, attempt.channel, rt):
        return _superseded(attempt, rt)
    tried = _tried(attempt, rt)
    if isinstance(tried, Waiting) and tried.is_for_contact and tried.row.due_at:
        rt.messages.postpone(planned, tried.row.due_at)
    return tried


def repeat(row: Message, rt: Runtime, *, known: Conversation) -> Message:
    """Post an unknown send once more if it spends a one-time token and may still be sent: the
    platform takes a token once, so the customer gets it once at most. Returns the row as it is to
    be understood: SENT, UNKNOWN with `unconfirmed` once nothing more can be told, or as it was."""
    attempt = _gathered(message_of(row, known), rt, known=known)
    attempt = replace(attempt, row=row)
    if _of_campaign(attempt, rt) is not None:  # cancelled, too late, or not at this hour
        return row
    chosen = choose_form.run(attempt.message, attempt.channel, attempt.known, rt, at=attempt.at)
    permit = chosen.verdict
    if isinstance(permit, Refusal) or permit.basis is not Basis.ONE_TIME_TOKEN:
        return row
    opt_in = ask_policy.consent(attempt.message, attempt.known, rt, at=attempt.at)
    is_ours = opt_in is not None and opt_in.used_by == attempt.message.consent_key
    if opt_in is None or not is_ours or _waiting(attempt, rt):
        return row
    return _posted(
        replace(attempt, message=replace(attempt.message, token=opt_in.token)), permit, rt
    )


def _tried(attempt: _Attempt, rt: Runtime) -> Message | Waiting:
    # decide
    if not still_wanted(attempt.known, attempt.message.unless):
        return _superseded(attempt, rt)
    chosen = choose_form.run(
        attempt.message,
        attempt.channel,
        attempt.known,
        rt,
        at=attempt.at,
        is_decided=attempt.was_posted,
    )
    attempt = _in_form(attempt, chosen)
    verdict = _of_campaign(attempt, rt) or chosen.verdict
    if isinstance(verdict, datetime):
        return Waiting(replace(attempt.row, due_at=verdict), is_for_contact=True)
    if isinstance(verdict, Refusal):
        return _refused(attempt, verdict, rt)
    row = replace(attempt.row, basis=verdict.basis.value, deadline=verdict.deadline)
    attempt = replace(attempt, row=row)
    waiting = _waiting(attempt, rt)
    # apply
    if waiting is None:
        return _sent_once(attempt, verdict, rt)
    is_too_late = row.deadline and waiting.row.due_at and waiting.row.due_at >= row.deadline
    return _too_late(attempt, verdict, rt) if is_too_late else waiting


def _gathered(
    message: OutboundMessage,
    rt: Runtime,
    *,
    known: Conversation | None,
    is_fresh: bool = False,
) -> _Attempt:
    channel = rt.channels.load(message.channel_id)
    if channel is None:
        raise NotFound("channel")
    if known is None:
        known = move_conversation.load(channel, message.contact_id, rt)
    known = move_conversation.leading(known, rt)
    if message.unless or is_fresh:
        known = rt.conversations.load(known.conversation_id, is_fresh=True) or known
    now = rt.now()
    row = row_of(message, at=now, day=channel.local_day(now))
    return _Attempt(message, row, channel, known, now)


def _in_form(attempt: _Attempt, chosen: choose_form.Chosen) -> _Attempt:
    """The attempt with the message as it goes out, its row alike."""
    row = row_of(chosen.message, at=attempt.at, day=attempt.row.day)
    row = replace(row, tries=attempt.row.tries)
    return replace(attempt, message=chosen.message, row=row, question=chosen.question)


def _of_campaign(attempt: _Attempt, rt: Runtime) -> Refusal | datetime | None:
    """What the campaign says that the message is part of; None: nothing stands against it."""
    if attempt.message.campaign_id is None:
        return None
    from chalicelib.usecases import ask_campaign  # late: most messages are of none

    return ask_campaign.run(attempt.message, attempt.channel, rt, at=attempt.at)


def _too_many(attempt: _Attempt, rt: Runtime) -> Refusal | None:
    """Why not, if a campaign's message is beyond the channel's cap for this contact."""
    message, contact = attempt.message, attempt.known.conversation_id
    if message.campaign_id is None:
        return None
    from chalicelib.usecases import ask_campaign

    return ask_campaign.over_the_cap(message, attempt.channel, contact, rt, at=attempt.at)


def _waiting(attempt: _Attempt, rt: Runtime) -> Waiting | None:
    """None: now is the turn of this message."""
    message, row, at = attempt.message, attempt.row, attempt.at
    if rt.channels.is_stopped(attempt.channel.channel_id):
        return Waiting(replace(row, due_at=at + HOLD), is_for_contact=False)
    due_at = pace.pair_free_at(message, attempt.known, at=at)
    if due_at:
        return Waiting(replace(row, due_at=due_at), is_for_contact=True)
    due_at = pace.free_at(message, attempt.channel, rt, at=at)
    return Waiting(replace(row, due_at=due_at), is_for_contact=False) if due_at else None


def _sent_once(attempt: _Attempt, permit: Permit, rt: Runtime) -> Message:
    message = attempt.message
    too_many = _too_many(attempt, rt)
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


def _refused(attempt: _Attempt, refusal: Refusal, rt: Runtime) -> Message:
    row, entry = attempt.row, _entry(decisions.refused, attempt, refusal)
    rt.log.info("message_refused", message_id=row.message_id, reason=refusal.reason)
    stored = rt.messages.refuse(replace(row, failure=refusal.reason, ledger=entry))
    if stored.state is State.REFUSED and row.tries <= 1:
        _give_back(attempt, rt)
    return _finished(stored, attempt.channel, rt)


def _give_back(attempt: _Attempt, rt: Runtime) -> None:
    """The consent that a notification took when it was planned, and never used: nobody can claim
    this row any more."""
    if attempt.message.origin is not Origin.CAMPAIGN:
        return
    opt_in = ask_policy.consent(attempt.message, attempt.known, rt, at=attempt.at)
    if opt_in and opt_in.used_by == attempt.message.consent_key:
        rt.opt_ins.release(opt_in, attempt.message.consent_key)


def _entry(write: Callable[..., str], attempt: _Attempt, verdict: Permit | Refusal) -> _Ledger:
    """What the ledger says of this attempt."""
    text = write(attempt.question, verdict, campaign=attempt.message.campaign_id)
    return decisions.bound(text, tries=attempt.row.tries)


def _claimed(attempt: _Attempt, entry: _Ledger, rt: Runtime) -> Message | None:
    """None if we have it, else the row in the way."""
    lease = attempt.at + LEASE
    return rt.messages.claim(replace(attempt.row, lease_until=lease, ledger=entry))


def _superseded(attempt: _Attempt, rt: Runtime) -> Message:
    """Dropped, and on no list of failures, as on a first try: nobody has to send it again."""
    row, entry = attempt.row, decisions.dropped(attempt.at, SUPERSEDED)
    rt.log.info("message_refused", message_id=row.message_id, reason=SUPERSEDED)
    return rt.messages.refuse(replace(row, failure=SUPERSEDED, tries=0, ledger=(entry,)))


def _too_late(attempt: _Attempt, permit: Permit, rt: Runtime) -> Message:
    in_the_way = _claimed(attempt, _entry(decisions.too_late, attempt, permit), rt)
    if in_the_way:
        return _finished(in_the_way, attempt.channel, rt)
    row = replace(attempt.row, state=State.FAILED, failure=TOO_LATE, due_at=None)
    settle_send.run(row, attempt.channel, rt)
    rt.log.count("sends_too_late")
    return row


def _remembered(attempt: _Attempt, rt: Runtime) -> Conversation:
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


def _posted(attempt: _Attempt, permit: Permit, rt: Runtime) -> Message:
    row, channel = attempt.row, attempt.channel
    callback = ids.callback(row.conversation_id, row.message_id)
    try:
        message = replace(attempt.message, contact_id=find_contact.address(attempt.known, rt))
        request = PLATFORMS[channel.platform].render(message, permit, callback)
        accepted = rt.sender.post(channel, request)
    except SendError as error:
        return _not_accepted(error, attempt, rt)
    claimed = replace(row, state=State.CLAIMED)
    named = accepted.platform_message_id
    entry = decisions.accepted(rt.now(), named)
    confirm_send.run(claimed, named, channel, rt, known=attempt.known, entry=entry)
    rt.log.info(
        "message_sent", message_id=row.message_id, channel_id=row.channel_id, basis=row.basis
    )
    pace.accepted(accepted, attempt.message, channel, rt)
    return replace(row, state=State.SENT, platform_message_id=accepted.platform_message_id)


def _not_accepted(error: SendError, attempt: _Attempt, rt: Runtime) -> Message:
    row = _understood(error, attempt, rt.now())
    if row is not attempt.row:
        settle_send.run(row, attempt.channel, rt, trace=error.trace)
    _tell(error, row, rt)
    pace.refused(error, attempt.message, attempt.channel, rt)
    if error.error_class is ErrorClass.WINDOW:
        report_window_refusal.run(row, error, attempt.known, rt)
    if error.code in marketing_refused.CODES:
        marketing_refused.run(row.conversation_id, row.message_id, error.code, rt, at=attempt.at)
    if attempt.message.template and error.code:
        from chalicelib.usecases import template_refused  # late: few messages are templates

        template = attempt.message.template
        template_refused.run(template, error.code, attempt.channel, rt, at=rt.now())
    if error.error_class is ErrorClass.TOKEN:
        rt.channels.stop_sending(row.channel_id, reason=error.reason, at=rt.now())
    if error.error_class is ErrorClass.RECIPIENT_GONE:
        _mark_unreachable(attempt, rt)
    return row


def _understood(error: SendError, attempt: _Attempt, now: datetime) -> Message:
    """What becomes of the row; of a post that was repeated the answer is about the token alone, and
    a post before may have brought the message."""
    row, is_spent = attempt.row, error.reason == ONE_TIME_TOKEN_SPENT
    is_repeat = row.state in UNSETTLED
    if is_repeat and error.error_class in _TELLS_NOTHING:
        return row
    if is_repeat or (attempt.was_posted and is_spent):
        return replace(row, state=State.UNKNOWN, failure=UNCONFIRMED)
    return _outcome(error, row, now)


def _outcome(error: SendError, row: Message, now: datetime) -> Message:
    """What becomes of the row: again later, unknown, or failed for good."""
    match error.error_class:
        case ErrorClass.FETCH if row.tries:
            return replace(row, state=State.FAILED, failure=error.reason)
        case ErrorClass.RETRY | ErrorClass.RATE | ErrorClass.TOKEN | ErrorClass.FETCH:
            wait = error.retry_after_seconds or pace.wait_of_pair(error, row.tries)
            due_at = next_try(now, row.tries, retry_after_seconds=wait, deadline=row.deadline)
            if due_at:
                return replace(row, state=State.PLANNED, due_at=due_at, failure=error.reason)
            return replace(row, state=State.FAILED, failure=TOO_LATE)
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


def _mark_unreachable(attempt: _Attempt, rt: Runtime) -> None:
    step = Step(at=attempt.at, day=attempt.row.day)
    move_conversation.run(
        attempt.channel,
        attempt.message.contact_id,
        lambda _row: step,
        rt,
        change=lambda _before, after: replace(after, unreachable_at=attempt.at),
        known=attempt.known,
    )
