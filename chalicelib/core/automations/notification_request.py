"""Notification request: a keyword in the message asks to be told later, so we note it or ask back.

On Messenger a later message needs a one-time token, which only Meta's request template brings
(One-Time Notification page, read 2026-11; title at most 65 characters). Elsewhere the customer's
own words are the consent.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.keywords import is_asked
from chalicelib.core.messages import MessageKind

DEFAULT_TEXT = "Hi {first_name}, we will let you know."


def decide(situation: Situation) -> Answer | None:
    topic = _topic_in(situation.text or "", situation.channel.notification_topics)
    if topic is None:
        return None
    if _needs_token(situation.channel):
        return Answer(kind=MessageKind.OPT_IN_REQUEST, topic=topic.topic, title=topic.title)
    return Answer(text=topic.confirmation or DEFAULT_TEXT, grants_opt_in=topic.topic)


def _needs_token(channel: ChannelSettings) -> bool:
    return channel.platform == "messenger" and channel.one_time_notifications


def _topic_in(text: str, topics: tuple[NotificationTopic, ...]) -> NotificationTopic | None:
    return next((topic for topic in topics if is_asked(topic.keywords, text)), None)


AUTOMATION = Automation("notification_request", Tier.REQUEST, decide)
