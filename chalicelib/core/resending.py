"""Whether a send may be made again, and what the new attempt is."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import (
    WENT_WRONG,
    Message,
    MessageKind,
    OutboundMessage,
    State,
    state_now,
)
from chalicelib.core.messaging_policy import Basis
from chalicelib.core.outbound import message_of

_CONSENTED = frozenset({Basis.ONE_TIME_TOKEN, Basis.APPROVED_TEMPLATE})


class Obstacle(Struct, frozen=True):
    """Why it cannot be sent again: a stable code and a sentence."""

    reason: str
    sentence: str


# Codes are shown through the API: never change one, add another.
OBSTACLES = {
    "already_sent": "It was sent: there is nothing to send again.",
    "still_planned": "It is sent by itself when its time comes.",
    "being_sent": "It is being sent at this moment.",
    "already_resent": "It was sent again before.",
    "one_message_agreed": (
        "The customer agreed to one message only, and this may have been it. "
        "Ask the customer again while the messaging window is open."
    ),
    "content_gone": "What it said is no longer kept.",
}
MAY_BE_TWICE = Obstacle(
    "confirmation_needed",
    "It may have arrived, and the customer would get it twice. Look into the conversation at the "
    "platform first; to send it all the same, confirm with `confirm_possible_duplicate`.",
)


def obstacle(row: Message, now: datetime) -> Obstacle | None:
    """What stands against sending this row again, whoever confirms it."""
    reason = _reason(row, now)
    return Obstacle(reason, OBSTACLES[reason]) if reason else None


def may_be_twice(row: Message, now: datetime) -> bool:
    """The customer may have it already."""
    return state_now(row, now) is State.UNKNOWN


def again(row: Message, conversation: Conversation, idempotency_key: str) -> OutboundMessage:
    """The new attempt: the same key makes the same attempt. It has the consent of the first one,
    which brought the customer nothing."""
    message = message_of(row, conversation)
    key = attempt_id(f"{row.message_id}#again#{idempotency_key}")
    return replace(
        message,
        key=key,
        resend_of=row.message_id,
        consent_of=message.consent_key,
        unless=None,
    )


def _reason(row: Message, now: datetime) -> str | None:
    state = state_now(row, now)
    if row.resent_as:
        return "already_resent"
    if state not in WENT_WRONG:
        return _OF_STATE.get(state, "already_sent")
    if state is State.UNKNOWN and row.basis in _CONSENTED:
        return "one_message_agreed"
    return "content_gone" if _is_gone(row) else None


def _is_gone(row: Message) -> bool:
    """Unsent, or a template of which only the words are left."""
    if row.kind is not MessageKind.TEXT:
        return row.request is None
    return not (row.text or row.attachments)


_OF_STATE = {State.PLANNED: "still_planned", State.CLAIMED: "being_sent"}
