"""What a request to send something is answered with."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Response

from chalicelib.api import answers
from chalicelib.api.problems import problem
from chalicelib.core.messages import Message, State, state_now
from chalicelib.core.messaging_policy import REASONS

# More than any platform takes (WhatsApp: 4096); the use case knows the platform and its limit.
LONGEST_TEXT = 5000


def outcome(message: Message, now: datetime) -> Response:
    """202 with the message's state, or 409 with the reason that the policy gave."""
    if message.state is State.REFUSED:
        return _refused(message.failure or "refused")
    return answers.accepted({"message_id": message.message_id, "state": state_now(message, now)})


def _refused(reason: str) -> Response:
    sentence = REASONS.get(reason, "The messaging policy does not permit it.")
    return problem(409, detail=sentence, reason=reason)
