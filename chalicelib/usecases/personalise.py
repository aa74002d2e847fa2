"""Fill an automatic text with what we know: the name, our usual response time, when we open."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.personalisation import Values, fill
from chalicelib.ports import Runtime
from chalicelib.usecases import know_contact, read_usual_time
from chalicelib.usecases.stored_message import time_of


def run(
    text: str,
    event: MessageReceived | Postback,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    is_new: bool,
) -> str:
    """The text with its placeholders filled; what is unknown gets its fallback. `is_new`: nothing
    is stored yet about the contact."""
    at = time_of(event)
    return fill(
        text,
        Values(
            first_name=(
                know_contact.run(event, channel, rt, is_new=is_new).first_name
                if names_contact(text)
                else None
            ),
            usual_response_time=(
                read_usual_time.run(channel.channel_id, rt)
                if "{usual_response_time}" in text
                else None
            ),
            opens_at=channel.next_opening(at) if "{opens_at}" in text else None,
            zone=channel.zone,
            now=at,
        ),
    )


def names_contact(text: str | None) -> bool:
    """Whether the text calls the contact by name."""
    return text is not None and "{first_name}" in text
