"""The settings of a channel from a JSON document: what would only fail later, when a customer is
waiting, is refused.

Only saving settings needs this, so it is imported late.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import chain

from chalicelib.core import (
    business_hours,
    handling_document,
    informing_document,
    keyword_document,
    occasions,
    personalisation,
    policy_settings,
    profile_document,
    quiet_hours,
    rule_document,
    templates,
    texts,
)
from chalicelib.core.business_hours import OpeningHours
from chalicelib.core.channel import AutomaticReply, ChannelSettings, NotificationTopic
from chalicelib.core.documents import InvalidField, converted
from chalicelib.core.informing_document import ChoicesLimit
from chalicelib.core.messages import Media

GRAPH_HOSTS = ("facebook", "instagram")
PAGE_METRIC_DAYS = (30, 7)  # core/page_rules.py has the rules of both

TextLimit = Callable[[str], str | None]
# An attachment and its caption -> None, or the field at fault and what was expected.
AttachmentLimit = Callable[[Media, str | None], tuple[str, str] | None]
Problems = Iterator[tuple[str, str]]  # field and what was expected

_HOW_OFTEN = {
    "away_message": "closed period",
    "handover_notice": "wait",
    "stop_confirmation": "stop",
    "page_recommended": "recommendation",
    "page_not_recommended": "recommendation",
    "job_application": "application",
}
_PATTERNS = {
    "channel_id": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "1 to 64 letters, digits, _ and -"),
    "graph_node_id": (re.compile(r"[A-Za-z0-9_]{1,64}"), "1 to 64 letters, digits and _"),
    "own_app_id": (re.compile(r"\d{1,32}"), "digits"),
    "business_account_id": (re.compile(r"\d{1,32}"), "digits"),
    "token_parameter": (
        re.compile(r"(?:/[A-Za-z0-9_.-]{1,128}){1,15}"),
        "the name of an SSM parameter such as /hearback/prod/channels/1/token, never the token",
    ),
    "topic": (re.compile(r"[\w .:-]{1,64}"), "1 to 64 letters, digits, spaces, _ . : and -"),
}
_PATTERNS_OF_CHANNEL = ("channel_id", "graph_node_id", "own_app_id", "business_account_id")


def from_document(
    channel_id: str,
    document: object,
    *,
    text_limit: TextLimit,
    attachment_limit: AttachmentLimit,
    choices_limit: ChoicesLimit,
) -> ChannelSettings:
    """The settings that a JSON document describes. Raises InvalidField."""
    if not isinstance(document, dict):
        raise InvalidField("document", "an object")
    if document.get("channel_id", channel_id) != channel_id:
        raise InvalidField("channel_id", "the id in the address, or nothing")
    channel = converted({**document, "channel_id": channel_id}, ChannelSettings)
    if channel.language not in texts.LANGUAGES:  # first: the checks below look into its texts
        raise InvalidField("language", "one of " + ", ".join(texts.LANGUAGES))
    for field, expected in handling_document.problems(channel, text_limit, choices_limit):
        raise InvalidField(field, expected)
    text_limit = handling_document.beside_disclosure(channel, text_limit)
    for field, expected in chain(
        _problems(channel, text_limit, attachment_limit),
        informing_document.problems(channel, text_limit, choices_limit),
        rule_document.problems(channel, text_limit, choices_limit),
        profile_document.problems(channel),
    ):
        raise InvalidField(field, expected)
    return channel


@cache
def known_zones() -> frozenset[str]:
    """The names of the time zones that ship with the package, whatever the machine knows."""
    return frozenset(files("tzdata").joinpath("zones").read_text().split())


def _problems(
    channel: ChannelSettings, text_limit: TextLimit, attachment_limit: AttachmentLimit
) -> Problems:
    if channel.time_zone not in known_zones():
        yield "time_zone", "an IANA time zone such as Europe/Berlin"
    if channel.graph_host not in GRAPH_HOSTS:
        yield "graph_host", " or ".join(GRAPH_HOSTS)
    if channel.page_metric_days not in PAGE_METRIC_DAYS:
        yield "page_metric_days", "30 or 7"
    if not personalisation.is_plain(channel.name):
        yield "name", "text without control characters"
    for name in (*_PATTERNS_OF_CHANNEL, "token_parameter"):
        yield from _pattern_problem(name, name, getattr(channel, name))
    yield from policy_settings.problems(channel.budget, channel.platform)
    yield from quiet_hours.problems(channel.quiet_hours)
    yield from _reply_problems(channel, text_limit, attachment_limit)
    yield from occasions.problems(channel)
    yield from keyword_document.problems(channel)
    yield from _text_problem("private_reply.text", channel.private_reply.text, text_limit)
    yield from templates.problems(channel.templates, channel.platform)
    yield from _topic_problems(channel.notification_topics, text_limit)
    for field, expected in business_hours.problems(channel.hours or OpeningHours()):
        yield f"hours.{field}", expected


def _pattern_problem(field: str, kind: str, value: str | None) -> Problems:
    pattern, expected = _PATTERNS[kind]
    if value is not None and not pattern.fullmatch(value):
        yield field, expected


def _reply_problems(
    channel: ChannelSettings, text_limit: TextLimit, attachment_limit: AttachmentLimit
) -> Problems:
    named = {name: getattr(channel, name) for name in ("instant_reply", *_HOW_OFTEN)}
    for name, reply in named.items():
        if reply is None:
            continue
        if name in _HOW_OFTEN and reply.again_after_days is not None:
            yield f"{name}.again_after_days", f"nothing: it goes out once per {_HOW_OFTEN[name]}"
        limit = _caption_limit(reply.attachment, attachment_limit) or text_limit
        yield from _text_problem(f"{name}.text", reply.text, limit)
        wrong = reply.attachment and attachment_limit(reply.attachment, reply.text)
        wrong = wrong or (reply.template and _template_problem(reply, channel))
        if wrong:
            yield f"{name}.{wrong[0]}", wrong[1]


def _template_problem(reply: AutomaticReply, channel: ChannelSettings) -> tuple[str, str] | None:
    if reply.template is None:
        return None
    for name in ("text", "attachment"):
        if getattr(reply, name) is not None:
            return name, "nothing: a template has its own words"
    return templates.reply_problem(reply.template, channel.templates)


def _caption_limit(media: Media | None, attachment_limit: AttachmentLimit) -> TextLimit | None:
    """The limit of the words beside an attachment, for words with their placeholders filled."""

    def limit(text: str) -> str | None:
        wrong = attachment_limit(media, text) if media else None
        return wrong[1] if wrong and wrong[0] == "text" else None

    return limit if media else None


def _text_problem(field: str, text: str | None, text_limit: TextLimit) -> Problems:
    expected = None if text is None else personalisation.problem(text, text_limit)
    if expected:
        yield field, expected


def _topic_problems(topics: tuple[NotificationTopic, ...], text_limit: TextLimit) -> Problems:
    taken: set[str] = set()
    for index, topic in enumerate(topics):
        path = f"notification_topics[{index}]"
        yield from _pattern_problem(f"{path}.topic", "topic", topic.topic)
        yield from _text_problem(f"{path}.confirmation", topic.confirmation, text_limit)
        if not topic.title.strip() or not personalisation.is_plain(topic.title):
            yield f"{path}.title", "text without control characters"
        words = {topic.topic, *(f"keyword {word.casefold()}" for word in topic.keywords)}
        if words & taken or len(words) <= len(topic.keywords):
            yield path, "a topic and keywords that occur only once"
        taken |= words
