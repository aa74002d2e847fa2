"""The platform did not accept a message, or did not answer: what that means, and for whom."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.core.looking import UNCONFIRMED
from chalicelib.core.messages import UNSETTLED, Message, State
from chalicelib.core.retrying import TOO_LATE, next_try
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.platforms._graph_answers import ONE_TIME_TOKEN_SPENT
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    mark_unreachable,
    marketing_refused,
    pace,
    report_window_refusal,
    settle_send,
)
from chalicelib.usecases.send_attempt import Attempt

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


def run(error: SendError, attempt: Attempt, rt: Runtime) -> Message:
    """Store it, and tell all that it concerns: the pace, the contact, the channel, the template.
    Returns the row as it is then."""
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
        mark_unreachable.run(attempt.known, attempt.channel, rt, at=attempt.at)
    return row


def _understood(error: SendError, attempt: Attempt, now: datetime) -> Message:
    """What becomes of the row; of a post that was repeated the answer is about the token alone, and
    a post before may have brought the message."""
    row, is_spent = attempt.row, error.reason == ONE_TIME_TOKEN_SPENT
    is_repeat = row.state in UNSETTLED
    if is_repeat and error.error_class in _TELLS_NOTHING:
        return row
    if is_repeat or (attempt.was_posted and is_spent):
        return replace(row, state=State.UNKNOWN, failure=UNCONFIRMED)
    return outcome(error, row, now)


def outcome(error: SendError, row: Message, now: datetime) -> Message:
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
