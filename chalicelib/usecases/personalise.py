"""Fill an automatic text with what we know: the name, our usual response time, when we open."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core.automations import Answer
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.personalisation import Values, fill
from chalicelib.ports import Runtime
from chalicelib.usecases import know_contact, read_usual_time
from chalicelib.usecases.stored_message import time_of

_FIRST_NAME = "{first_name}"


def run(
    answer: Answer,
    event: MessageReceived | Postback,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    is_new: bool,
) -> Answer:
    """The answer with its placeholders filled; what is unknown gets its fallback. `is_new`: nothing
    is stored yet about the contact."""
    if answer.text:
        return replace(answer, text=_filled(answer.text, event, channel, rt, is_new=is_new))
    if answer.template:
        from chalicelib.core import templates  # late: few answers are templates

        lines = _filled(templates.words(answer.template), event, channel, rt, is_new=is_new)
        return replace(answer, template=templates.with_words(answer.template, lines))
    return answer


def names_contact(answer: Answer) -> bool:
    """Whether the answer calls the contact by name."""
    said = answer.text or (str(answer.template.parameters) if answer.template else "")
    return _FIRST_NAME in said


def _filled(
    text: str,
    event: MessageReceived | Postback,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    is_new: bool,
) -> str:
    at = time_of(event)
    return fill(
        text,
        Values(
            first_name=(
                know_contact.run(event, channel, rt, is_new=is_new).first_name
                if _FIRST_NAME in text
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
            language=channel.language,
        ),
    )
