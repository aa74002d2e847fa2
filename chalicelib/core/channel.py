"""Channel settings: what a business decides about one Page, Instagram account or WhatsApp number.

The settings are the JSON document of the API under the same names; `from_document` refuses what
would only fail later, when a customer is waiting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from chalicelib.core import business_hours, personalisation
from chalicelib.core.business_hours import OpeningHours
from chalicelib.core.messages import FilledTemplate, Media

TITLE_CHARACTERS = 65  # of a one-time notification request: Messenger, One-Time Notification page
ALWAYS_CLOSED = "always"
GRAPH_HOSTS = ("facebook", "instagram")
PAGE_METRIC_DAYS = (30, 7)  # core/page_rules.py has the rules of both

TextLimit = Callable[[str], str | None]
# An attachment and its caption -> None, or the field at fault and what was expected.
AttachmentLimit = Callable[[Media, str | None], tuple[str, str] | None]
Problems = Iterator[tuple[str, str]]  # field and what was expected

_NAME = Annotated[str, Meta(min_length=1, max_length=100)]
_TEXT = Annotated[str, Meta(max_length=5000)]
_HOW_OFTEN = {"away_message": "closed period", "handover_notice": "wait"}
_MINUTES_OF_A_WEEK = 7 * 24 * 60
_PATTERNS = {
    "channel_id": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "1 to 64 letters, digits, _ and -"),
    "graph_node_id": (re.compile(r"[A-Za-z0-9_]{1,64}"), "1 to 64 letters, digits and _"),
    "own_app_id": (re.compile(r"\d{1,32}"), "digits"),
    "token_parameter": (
        re.compile(r"(?:/[A-Za-z0-9_.-]{1,128}){1,15}"),
        "the name of an SSM parameter such as /hearback/prod/channels/1/token, never the token",
    ),
    "topic": (re.compile(r"[\w .:-]{1,64}"), "1 to 64 letters, digits, spaces, _ . : and -"),
}


class AutomaticReply(Struct, frozen=True, kw_only=True):
    """Whether and what to answer by itself: a text, an attachment (`text` is its caption) or a
    template; with none of them the automation's own text."""

    is_on: bool = True
    text: _TEXT | None = None
    attachment: Media | None = None
    template: FilledTemplate | None = None
    # Of the instant reply: greet again after this much silence by both sides; None: never again.
    again_after_days: Annotated[int, Meta(ge=1, le=3650)] | None = None

    def text_or(self, default: str) -> str | None:
        """The words to send; an attachment may go without any, a template has its own."""
        return self.text or (None if self.attachment or self.template else default)


class NotificationTopic(Struct, frozen=True, kw_only=True):
    """Something that customers may ask to be told about once."""

    topic: str
    title: Annotated[str, Meta(min_length=1, max_length=TITLE_CHARACTERS)]
    keywords: Annotated[tuple[_NAME, ...], Meta(max_length=20)] = ()
    confirmation: _TEXT | None = None
    template_name: _NAME | None = None  # approved, WhatsApp
    template_language: _NAME | None = None


class TemplateButton(Struct, frozen=True, kw_only=True):
    """A button that takes a value: the end of its address, or what a tap brings back."""

    index: Annotated[int, Meta(ge=0, le=9)]
    kind: str  # url or quick_reply


class ApprovedTemplate(Struct, frozen=True, kw_only=True):
    """A message template that the business vouches for, and what it wants filled in. `parameters`
    counts those of the body."""

    name: str
    language: str
    category: str
    parameters: Annotated[int, Meta(ge=0, le=100)] = 0
    header: str | None = None  # text, image, video or file, if it takes one
    buttons: Annotated[tuple[TemplateButton, ...], Meta(max_length=10)] = ()


class ChannelSettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One connected channel. Automatic replies are off until somebody turns them on."""

    channel_id: str
    platform: str
    name: _NAME
    time_zone: str = "UTC"
    hours: OpeningHours | None = None  # None: always open
    instant_reply: AutomaticReply = AutomaticReply(is_on=False)
    away_message: AutomaticReply = AutomaticReply(is_on=False)
    handover_notice: AutomaticReply = AutomaticReply(is_on=False)
    person_pause_minutes: Annotated[int, Meta(ge=0, le=_MINUTES_OF_A_WEEK)] = 30
    native_automation_seconds: Annotated[int, Meta(ge=0, le=60)] = 5
    person_app_ids: Annotated[tuple[_NAME, ...], Meta(max_length=50)] = ()
    own_app_id: str | None = None
    has_human_agent: bool = False
    one_time_notifications: bool = False  # Messenger's tokens: not known to work for new Pages
    notification_topics: Annotated[tuple[NotificationTopic, ...], Meta(max_length=100)] = ()
    templates: Annotated[tuple[ApprovedTemplate, ...], Meta(max_length=100)] = ()
    token_parameter: str | None = None  # the name of the access token in the Parameter Store
    # The number's or Page's own throughput where it is not the platform's: WhatsApp numbers that
    # are also used in the phone app have 20, upgraded ones 1000.
    sends_per_second: Annotated[int, Meta(ge=1, le=1000)] | None = None
    graph_node_id: str | None = None
    graph_host: str = "facebook"
    page_metric_days: int = 30  # of the page metric: one of `PAGE_METRIC_DAYS`
    version: int = 0
    updated_at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_day(self, at: datetime) -> str:
        """The date on the channel's calendar, ISO."""
        return at.astimezone(self.zone).date().isoformat()

    def day_bounds(self, day: str) -> tuple[datetime, datetime]:
        """The local day in UTC: from the first moment up to, not including, the second."""
        return business_hours.day_bounds(self.zone, date.fromisoformat(day))

    def is_open(self, at: datetime) -> bool:
        return self.hours is None or self.hours.is_open(at, self.zone)

    def closed_period(self, at: datetime) -> str | None:
        """The id of the closed period that contains `at`: its start in UTC, ISO. None when open."""
        if self.hours is None or self.hours.is_open(at, self.zone):
            return None
        since = self.hours.closed_since(at, self.zone)
        return since.isoformat() if since else ALWAYS_CLOSED

    def away_spans(self, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """When between the two the business was closed and its away message on, oldest first."""
        if self.hours is None or not self.away_message.is_on:
            return ()
        return self.hours.closed_spans(start, end, self.zone)

    def next_opening(self, at: datetime) -> datetime | None:
        """When the closed period that contains `at` ends; None when open, or when it has no end."""
        if self.hours is None or self.hours.is_open(at, self.zone):
            return None
        return self.hours.opens_next(at, self.zone)

    @property
    def person_pause(self) -> timedelta:
        return timedelta(minutes=self.person_pause_minutes)

    @property
    def native_automation(self) -> timedelta:
        return timedelta(seconds=self.native_automation_seconds)


def from_document(
    channel_id: str, document: object, *, text_limit: TextLimit, attachment_limit: AttachmentLimit
) -> ChannelSettings:
    """The settings that a JSON document describes. Raises InvalidField."""
    # Late: only saving settings needs it.
    from chalicelib.core.documents import InvalidField, converted

    if not isinstance(document, dict):
        raise InvalidField("document", "an object")
    if document.get("channel_id", channel_id) != channel_id:
        raise InvalidField("channel_id", "the id in the address, or nothing")
    channel = converted({**document, "channel_id": channel_id}, ChannelSettings)
    for field, expected in _problems(channel, text_limit, attachment_limit):
        raise InvalidField(field, expected)
    return channel


@cache
def known_zones() -> frozenset[str]:
    """The names of the time zones that ship with the package, whatever the machine knows."""
    from importlib.resources import files  # late: 14 ms that only saving settings needs

    return frozenset(files("tzdata").joinpath("zones").read_text().split())


def _problems(
    channel: ChannelSettings, text_limit: TextLimit, attachment_limit: AttachmentLimit
) -> Problems:
    from chalicelib.core import templates  # late: only saving settings needs it

    if channel.time_zone not in known_zones():
        yield "time_zone", "an IANA time zone such as Europe/Berlin"
    if channel.graph_host not in GRAPH_HOSTS:
        yield "graph_host", " or ".join(GRAPH_HOSTS)
    if channel.page_metric_days not in PAGE_METRIC_DAYS:
        yield "page_metric_days", "30 or 7"
    if not personalisation.is_plain(channel.name):
        yield "name", "text without control characters"
    for name in ("channel_id", "graph_node_id", "own_app_id", "token_parameter"):
        yield from _pattern_problem(name, name, getattr(channel, name))
    yield from _reply_problems(channel, text_limit, attachment_limit)
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
    for name, how_often in _HOW_OFTEN.items():
        if getattr(channel, name).again_after_days is not None:
            yield f"{name}.again_after_days", f"nothing: it goes out once a {how_often}"
    for name in ("instant_reply", *_HOW_OFTEN):
        reply = getattr(channel, name)
        limit = _caption_limit(reply.attachment, attachment_limit) or text_limit
        yield from _text_problem(f"{name}.text", reply.text, limit)
        wrong = reply.attachment and attachment_limit(reply.attachment, reply.text)
        wrong = wrong or (reply.template and _template_problem(reply, channel))
        if wrong:
            yield f"{name}.{wrong[0]}", wrong[1]


def _template_problem(reply: AutomaticReply, channel: ChannelSettings) -> tuple[str, str] | None:
    from chalicelib.core import templates  # late: only saving settings needs it

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
        if not personalisation.is_plain(topic.title):
            yield f"{path}.title", "text without control characters"
        words = {topic.topic, *(f"keyword {word.casefold()}" for word in topic.keywords)}
        if words & taken or len(words) <= len(topic.keywords):
            yield path, "a topic and keywords that occur only once"
        taken |= words
