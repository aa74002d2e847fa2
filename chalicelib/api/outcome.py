"""What a request to send something is answered with."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.core.messages import Message, State, state_now
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.usecases.errors import Conflict


class Outcome(Struct, frozen=True):
    """How far a message is; `planned`: Hearback sends it by itself when its time comes."""

    message_id: str
    state: State


def outcome(message: Message, now: datetime) -> Response:
    """202 with the message's state. Raises Conflict with the reason that the policy gave."""
    if message.state is State.REFUSED:
        reason = message.failure or "refused"
        raise Conflict(reason, REASONS.get(reason, "The messaging policy does not permit it."))
    return answers.accepted(Outcome(message.message_id, state_now(message, now)))
