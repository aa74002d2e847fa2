"""In which form a notification goes out: the one place that decides.

Messenger: by the one-time token if the channel has them, else as the topic's approved utility
template, else in the messaging window. WhatsApp: as the approved template, else in the window.
Instagram: in the window.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.messages import FilledTemplate, MessageKind, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Basis, Permit, Refusal

_T = TypeVar("_T")
_OWN_CONSENT = frozenset({Basis.ONE_TIME_TOKEN, Basis.APPROVED_TEMPLATE})


def kinds(message: OutboundMessage, channel: ChannelSettings) -> tuple[MessageKind, ...]:
    """The forms to put before the policy, the preferred first; a text is the one-time token's form
    and the window's. Of all but notifications in free words there is one."""
    if message.kind is not MessageKind.TEXT or message.origin is not Origin.CAMPAIGN:
        return (message.kind,)
    if message.attachment or filled(message, channel) is None:
        return (message.kind,)
    if channel.platform == "messenger" and channel.one_time_notifications:
        return MessageKind.TEXT, MessageKind.TEMPLATE
    return MessageKind.TEMPLATE, MessageKind.TEXT


def chosen(tried: Iterable[tuple[_T, Permit | Refusal]]) -> _T:
    """Of forms and their verdicts, the preferred first, that to send: the first that rests on the
    customer's consent, else the first that is permitted, else the first, with its refusal. Takes no
    more of them than it needs."""
    others: list[tuple[_T, Permit | Refusal]] = []
    for form, verdict in tried:
        if isinstance(verdict, Permit) and verdict.basis in _OWN_CONSENT:
            return form
        others.append((form, verdict))
    permitted = (form for form, verdict in others if isinstance(verdict, Permit))
    return next(permitted, others[0][0])


def filled(message: OutboundMessage, channel: ChannelSettings) -> FilledTemplate | None:
    """The notification as the template of its topic, None if there is none there: its text fills
    the body, what its button brings back the template's buttons."""
    topic = topic_of(channel, message.topic)
    if topic is None or topic.template_name is None or channel.platform == "instagram":
        return None
    return FilledTemplate(
        name=topic.template_name,
        language=topic.template_language or "",
        parameters=(message.text or "",),
        buttons=tuple(button.payload for button in message.buttons if button.payload),
    )


def topic_of(channel: ChannelSettings, topic: str | None) -> NotificationTopic | None:
    return next((each for each in channel.notification_topics if each.topic == topic), None)
