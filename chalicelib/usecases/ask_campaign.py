"""What a campaign has to say about a send of its own, beside the policy: is it still wanted, may it
go out at this time of day, and has the contact had enough?"""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.campaigns import CANCELLED, EXPIRED, TOO_MANY, Campaign
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.frequency import Slot, with_slot
from chalicelib.core.messages import OutboundMessage
from chalicelib.core.messaging_policy import Refusal
from chalicelib.core.quiet_hours import next_allowed
from chalicelib.core.send_reasons import explain
from chalicelib.ports import Runtime

_ROUNDS = 8  # against other campaigns that reach the same contact at the same moment


def run(
    message: OutboundMessage, channel: ChannelSettings, rt: Runtime, *, at: datetime
) -> Refusal | datetime | None:
    """Why it is not sent, or until when it has to wait; None: nothing stands against it. The
    campaign is read as it is now: once it is cancelled, nothing more is claimed."""
    campaign = rt.campaigns.load(message.campaign_id) if message.campaign_id else None
    if campaign is None:
        return None
    if campaign.cancelled_at:
        return refusal(CANCELLED, channel)
    if at >= campaign.expires_at:
        return refusal(EXPIRED, channel)
    later = allowed_from(campaign, channel, at)
    return later if later > at else None


def allowed_from(campaign: Campaign, channel: ChannelSettings, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it is in."""
    return next_allowed(campaign.quiet_hours or channel.quiet_hours, channel.zone, at)


def over_the_cap(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation_id: str,
    rt: Runtime,
    *,
    at: datetime,
) -> Refusal | None:
    """Count the message among the contact's notifications to many; why not if there have been too
    many. Of several at the same moment as many are counted as may be. Safe to repeat."""
    for _ in range(_ROUNDS):
        slots = _slots(message, channel, conversation_id, rt, at=at)
        if slots is None:
            return refusal(TOO_MANY, channel)
        before, after = slots
        if after == before or rt.conversations.save_slots(conversation_id, before, after):
            return None
    return refusal(TOO_MANY, channel)


def would_be_over(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation_id: str,
    rt: Runtime,
    *,
    at: datetime,
) -> Refusal | None:
    """The same without counting it."""
    slots = _slots(message, channel, conversation_id, rt, at=at)
    return None if slots else refusal(TOO_MANY, channel)


def _slots(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation_id: str,
    rt: Runtime,
    *,
    at: datetime,
) -> tuple[tuple[Slot, ...], tuple[Slot, ...]] | None:
    """As they are, and with one for this message; None if there is none left. Without a cap
    nothing is read and nothing counted."""
    if channel.notification_cap is None:
        return (), ()
    before = rt.conversations.slots(conversation_id)
    after = with_slot(before, message.consent_key, channel.notification_cap, at)
    return None if after is None else (before, after)


def refusal(reason: str, channel: ChannelSettings) -> Refusal:
    return Refusal(reason, explain(reason, channel.platform).sentence)
