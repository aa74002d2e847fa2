"""Put before an automatic text that an automated assistant answers, where it has to be said."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.automations import Answer
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.disclosure import disclosed
from chalicelib.core.messages import MessageKind

# Of a text with buttons or words to tap: Messenger's button template takes the least.
MOST_BESIDE_BUTTONS = 640


def run(
    answer: Answer,
    automation: str,
    channel: ChannelSettings,
    before: Conversation,
    *,
    at: datetime,
    contact_id: str,
) -> Answer:
    """The answer with the sentence before its text. `before` is the conversation as it stood before
    what happened at `at`. An attachment, a template and a form have no
    text of ours to put it before; a text that leaves no room for it goes alone."""
    if answer.kind is not MessageKind.TEXT or answer.attachment or answer.template:
        return answer
    words = answer.text or ""
    said = disclosed(words, automation, channel, at=at, before=before, contact_id=contact_id)
    return replace(answer, text=said) if answer.text and _fits(said, answer, channel) else answer


def _fits(said: str, answer: Answer, channel: ChannelSettings) -> bool:
    if (answer.buttons or answer.quick_replies) and len(said) > MOST_BESIDE_BUTTONS:
        return False
    return PLATFORMS[channel.platform].text_limit(said) is None
