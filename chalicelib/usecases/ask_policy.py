"""Put a send before the policy, with everything the verdict depends on."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Basis, Permit, Question, Refusal, check
from chalicelib.core.opt_in import OptIn, best
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, own_window

# An automated send takes a while and clocks differ; a person sees what happens.
MARGIN = {
    Origin.PERSON: timedelta(),
    Origin.AUTOMATION: timedelta(minutes=5),
    Origin.CAMPAIGN: timedelta(minutes=5),
}


def run(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
) -> Permit | Refusal:
    """The verdict for sending this message at this moment."""
    return check(question(message, channel, conversation, rt, at=at))


def question(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
) -> Question:
    """What the policy is asked about sending this message at this moment."""
    opt_in = consent(message, conversation, rt, at=at)
    known = own_window.run(conversation, channel, rt)
    return _question(message, channel, known, at=at, opt_in=opt_in)


def consent(
    message: OutboundMessage,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
    basis: Basis | None = None,
) -> OptIn | None:
    """The opt-in that a notification would spend, or a person's template on this basis: in the
    messaging window none. Consent and stops count by whichever key the contact gave them."""
    if message.topic is None or not _may_spend(message, basis):
        return None
    keys = find_contact.run(conversation, rt).keys
    known = rt.opt_ins.of_conversation(*(key.conversation_id for key in keys))
    return best(known, topic=message.topic, attempt_id=message.consent_key, at=at)


def _may_spend(message: OutboundMessage, basis: Basis | None) -> bool:
    if message.origin is Origin.PERSON:
        return message.kind is MessageKind.TEMPLATE and basis is not Basis.STANDARD_WINDOW
    return message.origin is Origin.CAMPAIGN


def _question(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    *,
    at: datetime,
    opt_in: OptIn | None,
) -> Question:
    return Question(
        platform=message.platform,
        origin=message.origin,
        kind=message.kind,
        at=at,
        window_ends_at=conversation.window_ends_at,
        window_opened_at=conversation.window_opened_at,
        last_customer_at=conversation.last_customer_at,
        thread_owner=conversation.thread_owner,
        is_unreachable=conversation.is_unreachable,
        opt_in=opt_in,
        topic=message.topic,
        attempt_id=message.consent_key,
        template_approved=message.template is not None and _is_configured(message, channel),
        one_time_notifications=channel.one_time_notifications,
        has_human_agent=channel.has_human_agent,
        margin=MARGIN[message.origin],
    )


def _is_configured(message: OutboundMessage, channel: ChannelSettings) -> bool:
    """The business vouches for a template by naming it in the channel's settings."""
    template = message.template or {}
    name, language = template.get("name"), template.get("language", {}).get("code")
    if any((one.name, one.language) == (name, language) for one in channel.templates):
        return True
    return any(topic.template_name == name for topic in channel.notification_topics)
