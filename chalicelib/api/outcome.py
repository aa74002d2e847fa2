"""What a request to send something is answered with."""

from __future__ import annotations

from chalice.app import Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.core.messages import Message, State, state_now
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import Refused


class Outcome(Struct, frozen=True):
    """How far a message is; `planned`: Hearback sends it by itself when its time comes."""

    message_id: str
    state: State


def outcome(message: Message, rt: Runtime) -> Response:
    """202 with the message's state. Raises Refused with what the policy said."""
    if message.state is State.REFUSED:
        reason = message.failure or "refused"
        from chalicelib.usecases import read_refusal  # late: most are sent

        raise Refused(reason, _sentence(reason), read_refusal.run(message, rt))
    return answers.accepted(Outcome(message.message_id, state_now(message, rt.now())))


def _sentence(reason: str) -> str:
    """The policy's, or of another reason to give a planned message up."""
    if reason in REASONS:
        return REASONS[reason]
    from chalicelib.core.send_reasons import explain  # late: most refusals are the policy's

    return explain(reason, "").sentence
