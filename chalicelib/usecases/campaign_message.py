"""The message of a campaign to one contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from chalicelib.core import templates
from chalicelib.core.campaigns import Campaign, attempt_of
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, Origin, OutboundMessage
from chalicelib.platforms._templates import as_sent


def run(
    campaign: Campaign, conversation: Conversation, channel: ChannelSettings
) -> OutboundMessage:
    """As this channel can send it: the campaign's template, else on WhatsApp that of the topic,
    else its text."""
    message = OutboundMessage(
        key=attempt_of(campaign.campaign_id, conversation.conversation_id),
        platform=conversation.platform,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        origin=Origin.CAMPAIGN,
        text=campaign.text,
        topic=campaign.topic,
        buttons=(campaign.button,) if campaign.button else (),
        campaign_id=campaign.campaign_id,
        is_promotional=campaign.is_promotional,
    )
    template = _template(campaign, channel)
    if template is None:
        return message
    return replace(message, kind=MessageKind.TEMPLATE, template=dict(template), buttons=())


def topic_of(channel: ChannelSettings, topic: str) -> NotificationTopic | None:
    return next((each for each in channel.notification_topics if each.topic == topic), None)


def _template(campaign: Campaign, channel: ChannelSettings) -> Mapping[str, Any] | None:
    if campaign.template:
        filled = campaign.template
        known = templates.approved(channel.templates, filled.name, filled.language)
        return as_sent(filled, known)
    topic = topic_of(channel, campaign.topic)
    if topic is None or topic.template_name is None or channel.platform != "whatsapp":
        return None
    body = {"type": "body", "parameters": [{"type": "text", "text": campaign.text}]}
    return {
        "name": topic.template_name,
        "language": {"code": topic.template_language},
        "components": [body],
    }
