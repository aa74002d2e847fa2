"""The message of a campaign to one contact."""

from __future__ import annotations

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
    """The campaign's template, or its text: `choose_form` knows in which form that can be sent."""
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
    filled = campaign.template
    if filled is None:
        return message
    known = templates.approved(channel.templates, filled.name, filled.language)
    template = as_sent(filled, known)
    return replace(message, kind=MessageKind.TEMPLATE, template=template, buttons=())


def topic_of(channel: ChannelSettings, topic: str) -> NotificationTopic | None:
    return next((each for each in channel.notification_topics if each.topic == topic), None)
