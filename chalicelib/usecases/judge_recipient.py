"""The verdict on one recipient of a campaign, as sending would find it, without sending."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.campaigns import EXPIRED, Campaign, Word, named
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import OutboundMessage
from chalicelib.core.messaging_policy import Permit, Refusal
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_campaign, campaign_message, choose_form


def run(
    campaign: Campaign, conversation: Conversation, channel: ChannelSettings, rt: Runtime
) -> str:
    """What would become of it if it were sent at the campaign's time, everything else being as it
    is now: an outcome, permitted with its basis or refused with its reason."""
    message = campaign_message.run(campaign, conversation, channel)
    at = ask_campaign.allowed_from(campaign, channel, max(campaign.send_at, rt.now()))
    verdict = _verdict(message, campaign, conversation, channel, rt, at=at)
    if isinstance(verdict, Permit):
        return named(Word.PERMITTED, verdict.basis.value)
    return named(Word.REFUSED, verdict.reason)


def _verdict(
    message: OutboundMessage,
    campaign: Campaign,
    conversation: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    at: datetime,
) -> Permit | Refusal:
    """In the order in which `send_message` asks."""
    if at >= campaign.expires_at:
        return ask_campaign.refusal(EXPIRED, channel)
    verdict = choose_form.run(message, channel, conversation, rt, at=at).verdict
    if isinstance(verdict, Refusal):
        return verdict
    contact = conversation.conversation_id
    return ask_campaign.would_be_over(message, channel, contact, rt, at=at) or verdict
