"""One-time notifications: ask for one, and send the one that was agreed to, at its time."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import decisions, personalisation
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Button, Message, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Permit, Refusal
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.core.notification_forms import template_problem, topic_of
from chalicelib.core.outbound import row_of
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    ask_consent,
    ask_policy,
    choose_form,
    move_conversation,
    read_conversation,
    reused_key,
    send_message,
)
from chalicelib.usecases.errors import InvalidInput


def request(*, conversation_id: str, topic: str, idempotency_key: str, rt: Runtime) -> Message:
    """Ask the customer, in the window, whether to tell them once about the topic. Raises KeyReused
    for another topic under this key."""
    conversation, channel = read_conversation.with_channel(conversation_id, rt)
    plain = _message(conversation, f"{conversation_id}#ask#{idempotency_key}")
    plain = replace(plain, origin=Origin.AUTOMATION, topic=topic)
    message = ask_consent.as_asked(plain, _topic(channel, topic), channel)
    reused_key.check_stored(message, rt)
    leading = move_conversation.leading(conversation, rt)
    row = ask_consent.unwanted(message, leading, channel, rt) or send_message.run(message, rt)
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
    button: Button | None = None,
) -> Message:
    """Spend the customer's consent on this message and send it at `send_at` (None: at once), with a
    button whose tap opens the messaging window. Returns its row: PLANNED, what became of it, or
    REFUSED with the reason. When it is due, the policy is asked again, also about the form it goes
    out in. Raises KeyReused for another topic or text under this key."""
    conversation, channel = read_conversation.with_channel(conversation_id, rt)
    message = replace(
        _message(conversation, f"{conversation_id}#notify#{idempotency_key}"),
        topic=topic,
        text=text,
        buttons=(button,) if button else (),
    )
    _check_limits(message, channel)
    at = max(send_at or rt.now(), rt.now())
    known = rt.messages.load(conversation_id, message.key)
    if known:
        reused_key.check(known, message)
        return known
    row = row_of(message, at=at, day=channel.local_day(at))
    refused = _refused(row, message, move_conversation.leading(conversation, rt), channel, rt)
    if refused:
        return refused
    if at > rt.now():
        return rt.messages.plan(replace(row, due_at=at))
    return send_message.run(message, rt, known=conversation)


def _check_limits(message: OutboundMessage, channel: ChannelSettings) -> None:
    if not personalisation.is_filled(message.text or ""):
        raise InvalidInput("text", personalisation.NOT_FILLED)
    platform = PLATFORMS[message.platform]
    wrong = platform.text_limit(message.text or "")
    if wrong:
        raise InvalidInput("text", wrong)
    misfit = platform.choices_limit(message.text, (), message.buttons)
    if misfit:
        raise InvalidInput(misfit[0].replace("buttons[0]", "button"), misfit[1])
    misfit = template_problem(message.text, message.buttons, message.topic, channel)
    if misfit:
        raise InvalidInput(*misfit)


def _refused(
    row: Message,
    message: OutboundMessage,
    conversation: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
) -> Message | None:
    """The stored row if it cannot be sent at its time; None once the consent is ours. A window may
    open until then, so of what lies ahead only consent is judged."""
    at = row.occurred_at
    chosen = choose_form.run(message, channel, conversation, rt, at=at)
    verdict = chosen.verdict
    if isinstance(verdict, Permit) or (at > rt.now() and verdict.reason == "window_closed"):
        opt_in = ask_policy.consent(message, conversation, rt, at=at)
        if opt_in and rt.opt_ins.claim(opt_in, message.key, rt.now()):
            return None
        verdict = _without_consent("opt_in_used" if opt_in else "no_opt_in")
    now = min(rt.now(), at)
    entry = decisions.refused(chosen.question, verdict, decided_at=now)
    row = replace(row, occurred_at=now, day=channel.local_day(now), failure=verdict.reason)
    return rt.messages.refuse(replace(row, ledger=decisions.bound(entry, tries=row.tries)))


def _without_consent(reason: str) -> Refusal:
    return Refusal(reason, REASONS[reason])


def _message(conversation: Conversation, key: str) -> OutboundMessage:
    return OutboundMessage(
        key=attempt_id(key),
        platform=conversation.platform,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        origin=Origin.CAMPAIGN,
    )


def _topic(channel: ChannelSettings, topic: str) -> NotificationTopic:
    found = topic_of(channel, topic)
    if found is None:
        raise InvalidInput("topic", "one of the channel's notification topics")
    return found
