"""What a request to send something is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalice import Response

from chalicelib.api import answers, reading
from chalicelib.api.problems import problem
from chalicelib.core.messages import Message, State, state_now
from chalicelib.core.messaging_policy import REASONS
from chalicelib.ports import Runtime
from chalicelib.usecases import read_conversation
from chalicelib.usecases.errors import InvalidInput

LONGEST_TEXT = 4096  # of any platform: WhatsApp's; each platform's own limit is checked after it


def outcome(message: Message, now: datetime) -> Response:
    """202 with the message's state, or 409 with the reason that the policy gave."""
    if message.state is State.REFUSED:
        return refused(message.failure or "refused")
    return answers.accepted({"message_id": message.message_id, "state": state_now(message, now)})


def refused(reason: str) -> Response:
    """A refusal by the messaging policy, explained."""
    return problem(
        409, detail=REASONS.get(reason, "The messaging policy does not permit it."), reason=reason
    )


def fitting_text(body: Mapping[str, object], conversation_id: str, rt: Runtime) -> str:
    """The field `text`, if the conversation's platform takes it. Raises NotFound, InvalidInput."""
    from chalicelib.catalogue import PLATFORMS  # late: few routes need the platforms

    text = reading.text(body, "text", longest=LONGEST_TEXT)
    conversation = read_conversation.load(reading.path_id(conversation_id, "conversation"), rt)
    too_long = PLATFORMS[conversation.platform].text_limit(text)
    if too_long:
        raise InvalidInput("text", too_long)
    return text
