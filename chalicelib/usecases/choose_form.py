"""Put a message before the policy: a notification in each of its forms, until one may be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import notification_forms
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, OutboundMessage
from chalicelib.core.messaging_policy import Permit, Question, Refusal, check
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_policy


class Chosen(Struct, frozen=True):
    """The form to send, what the policy was asked about it, and its verdict."""

    message: OutboundMessage
    question: Question
    verdict: Permit | Refusal


def run(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
    is_decided: bool = False,
    told_by: datetime | None = None,
) -> Chosen:
    """The form in which to send it at this moment; if none is permitted, the preferred one with its
    refusal. `is_decided`: it was posted before, and keeps the form that it had then.
    `told_by` as ask_policy.question has it."""
    kinds = (message.kind,) if is_decided else notification_forms.kinds(message, channel)
    return notification_forms.chosen(
        _tried(kinds, message, channel, conversation, rt, at=at, told_by=told_by)
    )


def _tried(
    kinds: Iterable[MessageKind],
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
    told_by: datetime | None,
) -> Iterator[tuple[Chosen, Permit | Refusal]]:
    for kind in kinds:
        form = message if kind is message.kind else _as_template(message, channel)
        question = ask_policy.question(form, channel, conversation, rt, at=at, told_by=told_by)
        verdict = check(question)
        yield Chosen(form, question, verdict), verdict


def _as_template(message: OutboundMessage, channel: ChannelSettings) -> OutboundMessage:
    # Late: few messages are templates.
    from chalicelib.core import templates
    from chalicelib.platforms._templates import as_sent

    filled = notification_forms.filled(message, channel)
    if filled is None:
        return message
    known = templates.approved(channel.templates, filled.name, filled.language)
    sent = as_sent(filled, known)
    return replace(message, kind=MessageKind.TEMPLATE, template=sent, buttons=())
