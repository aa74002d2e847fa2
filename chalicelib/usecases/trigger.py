"""The business's own systems tell of an occasion to write: a review, a job application."""

from __future__ import annotations

from chalicelib.core.answering import Silence
from chalicelib.core.automations._guard import REASONS
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Message
from chalicelib.core.occasions import TOLD
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, move_conversation, occasion, read_conversation
from chalicelib.usecases.errors import Conflict, InvalidInput
from chalicelib.usecases.occasion import Occasion

_OFF = "The channel's settings have this automation turned off."


def run(*, conversation_id: str, name: str, idempotency_key: str, rt: Runtime) -> Message:
    """Have the automation of this name answer, at once or after its time; the same key is the same
    occasion. Returns the row of its message. Raises InvalidInput for a name that there is not,
    NotFound for the conversation, Conflict if automation keeps silent."""
    if name not in TOLD:
        raise InvalidInput("name", " or ".join(TOLD))
    conversation, channel = read_conversation.with_channel(conversation_id, rt)
    key = attempt_id(f"{conversation_id}#trigger#{name}#{idempotency_key}")
    known = move_conversation.leading(conversation, rt)
    earlier = find_contact.message(known, key, rt)
    if earlier:
        return earlier
    told = Occasion(name=name, key=key, at=rt.now())
    answer = occasion.run(told, channel, known, rt)
    if isinstance(answer, Silence):
        raise Conflict(answer.reason, _sentence(answer.reason))
    return answer


def _sentence(reason: str) -> str:
    return _OFF if reason == "nothing_to_say" else f"Automation keeps silent: {REASONS[reason]}."
