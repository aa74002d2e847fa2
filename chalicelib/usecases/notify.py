"""One-time notifications: ask for one, and send the one that was agreed to, at its time."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Message, MessageKind, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Refusal
from chalicelib.core.outbound import row_of
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_policy, move_conversation, reused_key, send_message
from chalicelib.usecases.errors import InvalidInput, NotFound


def request(*, conversation_id: str, topic: str, idempotency_key: str, rt: Runtime) -> Message:
    """Ask the customer, in the window, whether to tell them once about the topic. Raises KeyReused
    for another topic under this key."""
    conversation, channel = _both(conversation_id, rt)
    asked = _topic(channel, topic)
    message = replace(
        _message(conversation, f"{conversation_id}#ask#{idempotency_key}"),
        origin=Origin.AUTOMATION,
        kind=MessageKind.OPT_IN_REQUEST,
        topic=topic,
        title=asked.title,
    )
    reused_key.check_stored(message, rt)
    row = send_message.run(message, rt)
    reused_key.check(row, message)
    return row


def schedule(
    *,
    conversation_id: str,
    topic: str,
    text: str,
    send_at: datetime | None,
    idempotency_key: str,
    rt: Runtime,
) -> Message:
    """Spend the customer's consent on this message and send it at `send_at` (None: at once).
    Returns its row: PLANNED, what became of it, or REFUSED with the reason. When it is due, the
    policy is asked again. Raises KeyReused for another topic or text under this key."""
    conversation, channel = _both(conversation_id, rt)
    wrong = PLATFORMS[conversation.platform].text_limit(text)
    if wrong:
        raise InvalidInput("text", wrong)
    message = _notification(
        conversation, channel, topic=topic, text=text, idempotency_key=idempotency_key
    )
    at = max(send_at or rt.now(), rt.now())
    known = rt.messages.load(conversation_id, message.key)
    if known:
        reused_key.check(known, message)
        return known
    row = row_of(message, at=at, day=channel.local_day(at))
    refused = _refusal(message, move_conversation.leading(conversation, rt), channel, rt, at=at)
    if refused:
        return rt.messages.refuse(replace(row, failure=refused))
    if at > rt.now():
        return rt.messages.plan(replace(row, due_at=at))
    return send_message.run(message, rt, known=conversation)


def _refusal(
    message: OutboundMessage,
    conversation: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    at: datetime,
) -> str | None:
    """Why it cannot be sent at its time; None once the consent is ours. A window may open until
    then, so of what lies ahead only consent is judged."""
    verdict = ask_policy.run(message, channel, conversation, rt, at=at)
    if isinstance(verdict, Refusal) and (at <= rt.now() or verdict.reason != "window_closed"):
        return verdict.reason
    opt_in = ask_policy.consent(message, conversation, rt, at=at)
    if opt_in is None:
        return "no_opt_in"
    return None if rt.opt_ins.claim(opt_in, message.key, rt.now()) else "opt_in_used"


def _notification(
    conversation: Conversation,
    channel: ChannelSettings,
    *,
    topic: str,
    text: str,
    idempotency_key: str,
) -> OutboundMessage:
    message = _message(conversation, f"{conversation.conversation_id}#notify#{idempotency_key}")
    message = replace(message, topic=topic, text=text)
    wanted = next((each for each in channel.notification_topics if each.topic == topic), None)
    if wanted is None or wanted.template_name is None or channel.platform != "whatsapp":
        return message
    return replace(message, kind=MessageKind.TEMPLATE, template=_template(wanted, text))


def _template(topic: NotificationTopic, text: str) -> dict[str, object]:
    return {
        "name": topic.template_name,
        "language": {"code": topic.template_language},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": text}]}],
    }


def _message(conversation: Conversation, key: str) -> OutboundMessage:
    return OutboundMessage(
        key=attempt_id(key),
        platform=conversation.platform,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        origin=Origin.CAMPAIGN,
    )


def _both(conversation_id: str, rt: Runtime) -> tuple[Conversation, ChannelSettings]:
    conversation = rt.conversations.load(conversation_id)
    channel = rt.channels.load(conversation.channel_id) if conversation else None
    if conversation is None or channel is None:
        raise NotFound("conversation")
    return conversation, channel


def _topic(channel: ChannelSettings, topic: str) -> NotificationTopic:
    for each in channel.notification_topics:
        if each.topic == topic:
            return each
    raise InvalidInput("topic", "one of the channel's notification topics")
