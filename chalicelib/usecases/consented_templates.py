"""The templates that a contact's consents could still let go out, with what the policy has to know
of each: as Meta sees it, where the contact is, whether marketing waits."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core import notification_forms
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.closing import Template
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, Origin, OutboundMessage
from chalicelib.core.opt_in import MARKETING, Consents
from chalicelib.ports import Runtime
from chalicelib.usecases import template_facts


def run(
    row: Conversation, consents: Consents, channel: ChannelSettings, rt: Runtime
) -> tuple[Template, ...]:
    """That of each topic that the contact agreed to; after consent to messages of any topic the
    channel's first of each category."""
    return tuple(
        Template(
            topic=message.topic,
            facts=template_facts.run(message, channel, row, rt, consents=consents),
        )
        for message in _messages(row, consents, channel)
    )


def _messages(
    row: Conversation, consents: Consents, channel: ChannelSettings
) -> Iterator[OutboundMessage]:
    topics = sorted({each.topic for each in consents.opt_ins})
    for topic in topics:
        filled = notification_forms.filled_with(None, (), topic, channel)
        if filled:
            yield _message(row, topic, filled.name, filled.language)
    if MARKETING in topics:
        for each in {one.category: one for one in reversed(channel.templates)}.values():
            yield _message(row, None, each.name, each.language)


def _message(row: Conversation, topic: str | None, name: str, language: str) -> OutboundMessage:
    return OutboundMessage(
        key="",
        platform=row.platform,
        channel_id=row.channel_id,
        contact_id=row.contact_id,
        origin=Origin.CAMPAIGN,
        kind=MessageKind.TEMPLATE,
        template={"name": name, "language": {"code": language}},
        topic=topic,
    )
