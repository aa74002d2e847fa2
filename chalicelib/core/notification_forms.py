"""In which form a notification goes out: the one place that decides.

Messenger: by the one-time token if the channel has them, else as the topic's approved utility
template, else in the messaging window. WhatsApp: as the approved template, else in the window.
Instagram: in the window.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.messages import Button, FilledTemplate, MessageKind, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Basis, Permit, Refusal

_T = TypeVar("_T")
_OWN_CONSENT = frozenset({Basis.ONE_TIME_TOKEN, Basis.APPROVED_TEMPLATE})
# What the customer said stop to does not come in another form either.
_STOPS = frozenset({"stopped_all", "marketing_stopped", "opt_in_stopped"})


def kinds(message: OutboundMessage, channel: ChannelSettings) -> tuple[MessageKind, ...]:
    """The forms to put before the policy, the preferred first; a text is the one-time token's form
    and the window's. Of all but notifications in free words there is one."""
    if message.kind is not MessageKind.TEXT or message.origin is not Origin.CAMPAIGN:
        return (message.kind,)
    if message.attachment or filled(message, channel) is None:
        return (message.kind,)
    if has_tokens(channel):
        return MessageKind.TEXT, MessageKind.TEMPLATE
    return MessageKind.TEMPLATE, MessageKind.TEXT


def chosen(tried: Iterable[tuple[_T, Permit | Refusal]]) -> _T:
    """Of forms and their verdicts, the preferred first, that to send: the first that rests on the
    customer's consent, else the first that is permitted, else the first, with its refusal; before
    all, one that the customer stopped. Takes no more of them than it needs."""
    others: list[tuple[_T, Permit | Refusal]] = []
    for form, verdict in tried:
        if isinstance(verdict, Permit) and verdict.basis in _OWN_CONSENT:
            return form
        if isinstance(verdict, Refusal) and verdict.reason in _STOPS:
            return form
        others.append((form, verdict))
    permitted = (form for form, verdict in others if isinstance(verdict, Permit))
    return next(permitted, others[0][0])


def filled(message: OutboundMessage, channel: ChannelSettings) -> FilledTemplate | None:
    """The notification as the template of its topic, None if there is none there: its text fills
    the body, what its button brings back the template's buttons."""
    return filled_with(message.text, message.buttons, message.topic, channel)


def filled_with(
    text: str | None, buttons: Iterable[Button], topic: str | None, channel: ChannelSettings
) -> FilledTemplate | None:
    """The same of a text and buttons that are no message yet."""
    found = topic_of(channel, topic)
    if found is None or found.template_name is None or channel.platform == "instagram":
        return None
    return FilledTemplate(
        name=found.template_name,
        language=found.template_language or "",
        parameters=(text or "",),
        buttons=tuple(button.payload for button in buttons if button.payload),
    )


def template_problem(
    text: str | None, buttons: Iterable[Button], topic: str | None, channel: ChannelSettings
) -> tuple[str, str] | None:
    """Where a notification goes out as the topic's template first, what does not fit into it: field
    and what was expected."""
    filling = None if has_tokens(channel) else filled_with(text, buttons, topic, channel)
    if filling is None:
        return None
    from chalicelib.core import templates  # late: most messages are of another kind

    known = templates.approved(channel.templates, filling.name, filling.language)
    wrong = templates.filling_problem(filling, known)
    return wrong and ("button" if wrong[0] == "template.buttons" else "text", wrong[1])


def has_tokens(channel: ChannelSettings) -> bool:
    """Whether its notifications go out by one-time tokens first."""
    return channel.platform == "messenger" and channel.one_time_notifications


def topic_of(channel: ChannelSettings, topic: str | None) -> NotificationTopic | None:
    return next((each for each in channel.notification_topics if each.topic == topic), None)
