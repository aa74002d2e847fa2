"""What a customer is asked who may want to be told about a topic, and whether to ask at all."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core import decisions
from chalicelib.core.automations.notification_request import PAYLOAD
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message, MessageKind, OutboundMessage, QuickReply
from chalicelib.core.messaging_policy import Refusal
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.core.notification_forms import has_tokens
from chalicelib.core.opt_in import Consents, stopped_at
from chalicelib.core.outbound import row_of
from chalicelib.core.texts import ready
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_policy, find_contact


def as_asked(
    message: OutboundMessage, topic: NotificationTopic, channel: ChannelSettings
) -> OutboundMessage:
    """The message as the platform's own request where that brings a token; else as the title with a
    word to tap, which the automation `notification_request` takes for the consent."""
    if has_tokens(channel):
        return replace(message, kind=MessageKind.OPT_IN_REQUEST, title=topic.title)
    word = ready("notification_word", channel.language)
    tap = QuickReply(title=word, payload=f"{PAYLOAD}{topic.topic}")
    return replace(message, text=topic.title, quick_replies=(tap,))


def unwanted(
    message: OutboundMessage, conversation: Conversation, channel: ChannelSettings, rt: Runtime
) -> Message | None:
    """The stored row if the customer wants no more of the topic: then nobody asks about it."""
    keys = find_contact.run(conversation, rt).keys
    told = rt.opt_ins.consents(*(key.conversation_id for key in keys))
    if not _is_stopped(told, message.topic or ""):
        return None
    now, verdict = rt.now(), Refusal("opt_in_stopped", REASONS["opt_in_stopped"])
    question = ask_policy.question(message, channel, conversation, rt, at=now)
    row = row_of(message, at=now, day=channel.local_day(now))
    entry = decisions.refused(question, verdict, campaign=None)
    ledger = decisions.bound(entry, tries=row.tries)
    return rt.messages.refuse(replace(row, failure=verdict.reason, ledger=ledger))


def _is_stopped(told: Consents, topic: str) -> bool:
    """Consent that came after the stop takes it back."""
    stopped = stopped_at(told.stops, topic)
    agreed = (each.opted_in_at for each in told.opt_ins if each.topic == topic)
    return stopped is not None and all(at <= stopped for at in agreed)
