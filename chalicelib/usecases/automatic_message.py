"""What an automation says, as a message to send."""

from __future__ import annotations

from typing import Any

from chalicelib.core.automations import Answer
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.messages import FilledTemplate, MessageKind, Origin, OutboundMessage


def run(
    answer: Answer, *, automation: str, key: str, contact_id: str, channel: ChannelSettings
) -> OutboundMessage:
    """The answer with its placeholders filled already, under this attempt id."""
    return OutboundMessage(
        key=key,
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=contact_id,
        origin=Origin.AUTOMATION,
        kind=MessageKind.TEMPLATE if answer.template else answer.kind,
        text=answer.text,
        attachment=answer.attachment,
        template=_template(answer.template, channel) if answer.template else None,
        topic=answer.topic,
        title=answer.title,
        automation=automation,
        quick_replies=answer.quick_replies,
        buttons=answer.buttons,
        location=answer.location,
    )


def _template(filled: FilledTemplate, channel: ChannelSettings) -> dict[str, Any]:
    # Late: few replies are templates.
    from chalicelib.core import templates
    from chalicelib.platforms._templates import as_sent

    known = templates.approved(channel.templates, filled.name, filled.language)
    return as_sent(filled, known)
