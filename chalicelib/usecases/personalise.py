"""Fill an automatic text with what we know: the name, our usual response time, when we open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

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
    return _with(
        answer,
        lambda text: _filled(
            text,
            channel,
            rt,
            at=time_of(event),
            first_name=lambda: know_contact.run(event, channel, rt, is_new=is_new).first_name,
        ),
    )


def on_occasion(
    answer: Answer, channel: ChannelSettings, rt: Runtime, *, at: datetime, first_name: str | None
) -> Answer:
    """The same where no message of the contact is answered, with the name as far as it is known."""
    return _with(
        answer, lambda text: _filled(text, channel, rt, at=at, first_name=lambda: first_name)
    )


def _with(answer: Answer, filled: Callable[[str], str]) -> Answer:
    if answer.text:
        return replace(answer, text=filled(answer.text))
    if answer.template:
        from chalicelib.core import templates  # late: few answers are templates

        lines = filled(templates.words(answer.template))
        return replace(answer, template=templates.with_words(answer.template, lines))
    return answer


def names_contact(answer: Answer) -> bool:
    """Whether the answer calls the contact by name."""
    said = answer.text or (str(answer.template.parameters) if answer.template else "")
    return _FIRST_NAME in said


def _filled(
    text: str,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    at: datetime,
    first_name: Callable[[], str | None],
) -> str:
    return fill(
        text,
        Values(
            first_name=first_name() if _FIRST_NAME in text else None,
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
