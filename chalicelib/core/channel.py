"""Channel settings: what a business decides about one Page, Instagram account or WhatsApp number.

The settings are the JSON document of the API under the same names; `channel_document.py` checks it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from chalicelib.core import business_hours
from chalicelib.core.business_hours import OpeningHours
from chalicelib.core.custom_rules import MOST_RULES, Rule
from chalicelib.core.frequency import NotificationCap
from chalicelib.core.handling_settings import (
    ClosingMessage,
    Disclosure,
    FeedbackRequest,
    Handover,
)
from chalicelib.core.informing import (
    AdQuestions,
    ContactDetails,
    ContactInformation,
    FrequentQuestion,
    Place,
)
from chalicelib.core.messages import FilledTemplate, Media
from chalicelib.core.policy_settings import Budget, PolicySettings
from chalicelib.core.profile import Profile
from chalicelib.core.quiet_hours import QuietHours

TITLE_CHARACTERS = 65  # of a one-time notification request: Messenger, One-Time Notification page
ALWAYS_CLOSED = "always"

_NAME = Annotated[str, Meta(min_length=1, max_length=100)]
_TEXT = Annotated[str, Meta(max_length=5000)]
_MINUTES_OF_A_WEEK = 7 * 24 * 60


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


class PrivateReply(Struct, frozen=True, kw_only=True):
    """Whether and what to answer in private to a public comment: to all, or to those with one of
    the keywords, under any post or under these."""

    is_on: bool = True
    text: _TEXT | None = None
    keywords: Annotated[tuple[_NAME, ...], Meta(max_length=20)] = ()
    post_ids: Annotated[tuple[_NAME, ...], Meta(max_length=100)] = ()


class NotificationTopic(Struct, frozen=True, kw_only=True):
    """Something that customers may ask to be told about once."""

    topic: str
    title: Annotated[str, Meta(min_length=1, max_length=TITLE_CHARACTERS)]
    keywords: Annotated[tuple[_NAME, ...], Meta(max_length=20)] = ()
    confirmation: _TEXT | None = None
    template_name: _NAME | None = None  # approved, WhatsApp and Messenger
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
    language: str = "en"  # of the ready texts, and of times and waits in all texts
    hours: OpeningHours | None = None  # None: always open
    instant_reply: AutomaticReply = AutomaticReply(is_on=False)
    away_message: AutomaticReply = AutomaticReply(is_on=False)
    handover_notice: AutomaticReply | None = None  # None: on as soon as one of the two above is
    contact_information: ContactInformation | None = None
    location: Place | None = None
    frequent_questions: Annotated[tuple[FrequentQuestion, ...], Meta(max_length=40)] = ()
    ad_questions: AdQuestions | None = None
    contact_details: ContactDetails | None = None
    page_recommended: AutomaticReply = AutomaticReply(is_on=False)
    page_not_recommended: AutomaticReply = AutomaticReply(is_on=False)
    job_application: AutomaticReply = AutomaticReply(is_on=False)
    private_reply: PrivateReply = PrivateReply(is_on=False)
    rules: Annotated[tuple[Rule, ...], Meta(max_length=MOST_RULES)] = ()
    stop_confirmation: AutomaticReply | None = None  # None: as the handover notice
    handover: Handover = Handover(is_on=False)
    closing_message: ClosingMessage = ClosingMessage(is_on=False)
    feedback_request: FeedbackRequest = FeedbackRequest(is_on=False)
    disclosure: Disclosure = Disclosure()
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
    quiet_hours: QuietHours | None = None  # of notifications to many, unless they have their own
    notification_cap: NotificationCap | None = None  # None: as many as the policy permits
    graph_node_id: str | None = None
    graph_host: str = "facebook"
    business_account_id: str | None = None  # WhatsApp: of the number's account, which has templates
    policy: PolicySettings = PolicySettings()
    budget: Budget | None = None  # WhatsApp: None, no limit
    profile: Profile | None = None  # None: not ours, whatever the platform has
    page_metric_days: int = 30  # of the page metric: 30 or 7
    version: int = 0
    updated_at: datetime | None = None

    @property
    def notice(self) -> AutomaticReply:
        """The handover notice as set; else on where automation is, whose every input Meta wants
        answered (messenger-platform/policy, 2026-09-11)."""
        is_automated = self.instant_reply.is_on or self.away_message.is_on
        return self.handover_notice or AutomaticReply(is_on=is_automated)

    @property
    def answers_requests(self) -> bool:
        """Whether there is any automation that a customer's words may be meant for."""
        has_topics = any(topic.keywords for topic in self.notification_topics)
        has_words = any(rule.when.words for rule in self.rules)
        told = (self.contact_information, self.location, self.contact_details)
        listens = any(one is not None and one.is_on and one.keywords != () for one in told)
        return has_topics or has_words or listens or bool(self.frequent_questions)

    @property
    def confirmation(self) -> AutomaticReply:
        """The confirmation of a stop as set; else on where automation is."""
        is_automated = self.instant_reply.is_on or self.away_message.is_on
        return self.stop_confirmation or AutomaticReply(is_on=is_automated)

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
