"""Put before an automatic text that an automated assistant answers, where it has to be said."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.automations import Answer
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.disclosure import disclosed
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.messages import MessageKind
from chalicelib.usecases import move_conversation
from chalicelib.usecases.stored_message import time_of

# Of a text with buttons or words to tap: Messenger's button template takes the least.
MOST_BESIDE_BUTTONS = 640


def run(
    answer: Answer,
    automation: str,
    event: MessageReceived | Postback,
    channel: ChannelSettings,
    before: Conversation | None,
) -> Answer:
    """The answer with the sentence before its text. An attachment, a template and a form have no
    text of ours to put it before; a text that leaves no room for it goes alone."""
    if answer.kind is not MessageKind.TEXT or answer.attachment or answer.template:
        return answer
    contact_id = event.contact_id or ""
    said = disclosed(
        answer.text or "",
        automation,
        channel,
        at=time_of(event),
        before=before or move_conversation.unwritten(channel, contact_id),
        contact_id=contact_id,
    )
    return replace(answer, text=said) if answer.text and _fits(said, answer, channel) else answer


def _fits(said: str, answer: Answer, channel: ChannelSettings) -> bool:
    if (answer.buttons or answer.quick_replies) and len(said) > MOST_BESIDE_BUTTONS:
        return False
    return PLATFORMS[channel.platform].text_limit(said) is None
