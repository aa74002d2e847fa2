"""Notification request: a keyword in the message, or the tap of a button, asks to be told later, so
we note it or ask back.

On Messenger a later message needs a one-time token, which only Meta's request template brings
(One-Time Notification page, read 2026-11; title at most 65 characters). Elsewhere the customer's
own words are the consent.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.keywords import is_asked
from chalicelib.core.messages import MessageKind
from chalicelib.core.texts import ready

PAYLOAD = "notify:"  # of a button or menu item, before the topic


def decide(situation: Situation) -> Answer | None:
    topic = _tapped(situation) or _named(situation)
    if topic is None:
        return None
    channel = situation.channel
    if _needs_token(channel):
        return Answer(kind=MessageKind.OPT_IN_REQUEST, topic=topic.topic, title=topic.title)
    text = topic.confirmation or ready("notification_request", channel.language)
    return Answer(text=text, grants_opt_in=topic.topic)


def _needs_token(channel: ChannelSettings) -> bool:
    return channel.platform == "messenger" and channel.one_time_notifications


def _tapped(situation: Situation) -> NotificationTopic | None:
    payload, topics = situation.payload or "", situation.channel.notification_topics
    return next((topic for topic in topics if payload == PAYLOAD + topic.topic), None)


def _named(situation: Situation) -> NotificationTopic | None:
    topics = situation.channel.notification_topics
    return next((topic for topic in topics if is_asked(topic.keywords, situation.words)), None)


AUTOMATION = Automation("notification_request", Tier.REQUEST, decide)
