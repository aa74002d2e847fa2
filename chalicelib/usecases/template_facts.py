"""What the policy has to know before a template goes out: how Meta sees it, where the customer is,
and whether marketing is wanted. Nothing of it is read for other messages."""

from __future__ import annotations

from typing import Any, TypeAlias

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Key
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import OutboundMessage
from chalicelib.core.opt_in import MARKETING, Consents, stopped_at
from chalicelib.core.region import UNKNOWN, Region, region_of
from chalicelib.core.template_states import NOTHING_TOLD, TemplateState
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact

Facts: TypeAlias = dict[str, Any]  # fields of a Question


def run(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    *,
    consents: Consents,
) -> Facts:
    """The template's own facts; with those of the customer if it is for marketing."""
    state = _told(message, channel, rt)
    category = state.category or _category(message, channel)
    facts: Facts = {
        "category": category,
        "is_promotional": category == "marketing",
        "template_approved": _is_configured(message, channel),
        "template_status": state.status,
        "template_quality": state.quality,
    }
    if channel.platform == "whatsapp":
        facts |= _standing(consents)
    if channel.platform == "whatsapp" and category not in ("utility", "authentication"):
        facts |= _about_marketing(conversation, rt)
    return facts


def named(template: dict[str, Any] | None) -> tuple[str | None, str | None]:
    """Name and language of a message's template."""
    template = template or {}
    return template.get("name"), template.get("language", {}).get("code")


def account_of(channel: ChannelSettings) -> str | None:
    """A Page has templates of its own, numbers share those of their account."""
    return channel.business_account_id if channel.platform == "whatsapp" else channel.channel_id


def _told(message: OutboundMessage, channel: ChannelSettings, rt: Runtime) -> TemplateState:
    account_id = account_of(channel)
    name, language = named(message.template)
    if not (account_id and name and language):
        return NOTHING_TOLD
    return rt.templates.state(account_id, name, language)


def _category(message: OutboundMessage, channel: ChannelSettings) -> str | None:
    """As the settings have it; the business vouches for what it names there."""
    found = (
        one.category
        for one in channel.templates
        if (one.name, one.language) == named(message.template)
    )
    return next(found, None)


def _is_configured(message: OutboundMessage, channel: ChannelSettings) -> bool:
    """The business vouches for a template by naming it in the channel's settings."""
    name, language = named(message.template)
    if any((one.name, one.language) == (name, language) for one in channel.templates):
        return True
    return any(topic.template_name == name for topic in channel.notification_topics)


def _standing(consents: Consents) -> Facts:
    """What the customer said of messages of any topic, and took back."""
    agreed = [each.opted_in_at for each in consents.opt_ins if each.topic == MARKETING]
    return {
        "marketing_opted_in_at": max(agreed, default=None),
        "marketing_stopped_at": stopped_at(consents.stops, MARKETING),
    }


def _about_marketing(conversation: Conversation, rt: Runtime) -> Facts:
    keys = find_contact.run(conversation, rt).keys
    region = _region(conversation, keys)
    waits = [rt.conversations.marketing_wait(key.conversation_id) for key in keys]
    return {
        "region": region.country,
        "is_us_number": region.is_us_number,
        "marketing_not_before": max((wait.until for wait in waits if wait), default=None),
    }


def _region(conversation: Conversation, keys: tuple[Key, ...]) -> Region:
    """A phone number tells more than a user id, and the key that is written to more than others; a
    number of the United States under any key makes it one."""
    names = sorted({conversation.contact_id, *(key.contact_id for key in keys)})
    found = [region for region in map(region_of, names) if region != UNKNOWN]
    american = (region for region in found if region.is_us_number)
    return next(american, found[0] if found else UNKNOWN)
