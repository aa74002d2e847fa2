"""Opt-ins: consent for later messages, and its single-use token; and stops, which end it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

# Page one-time-notification (old docs tree, undated): a token is good for one year.
LONGEST = timedelta(days=365)
# The topic of consent to marketing, and of its stop: WhatsApp's word in `user_preferences`
# (since 2024-11-18).
MARKETING = "marketing_messages"


class How(StrEnum):
    """How a contact told us, or who told us for the contact."""

    TOKEN = "token"  # noqa: S105 - the platform's own button, which brought a token
    PLATFORM = "platform"  # a preference set at the platform, or an error that tells of one
    KEYWORD = "keyword"  # words in a message
    POSTBACK = "postback"  # a button or menu of ours
    FORM = "form"  # from here on what a person recorded: on paper or a page of the business
    CALL = "call"
    IN_PERSON = "in_person"
    API = "api"  # by another program of the business


class OptIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact agreed to hear about a topic, once, before `expires_at` (at most a year later).
    `evidence` is the id of the message or event by which we know, never its words."""

    conversation_id: str
    channel_id: str
    contact_id: str
    platform: str
    opt_in_id: str  # derived from token or event
    topic: str
    opted_in_at: datetime
    expires_at: datetime
    token: str | None = None  # for one message
    recurring_token: str | None = None  # of the recurring notifications, retired 2026-02-10
    title: str | None = None
    how: How | None = None  # None: recorded by a release that did not note it
    evidence: str | None = None
    used_by: str | None = None  # attempt id
    used_at: datetime | None = None  # when that attempt claimed it last
    stopped_at: datetime | None = None


class Stop(Struct, frozen=True, kw_only=True):
    """Since when a contact wants no more of a topic, or (None) nothing but answers; and how we
    know. Taken back by a later resume, or for its topic by a later opt-in."""

    conversation_id: str
    topic: str | None
    at: datetime
    how: How = How.PLATFORM
    evidence: str | None = None
    resumed_at: datetime | None = None
    resumed_how: How | None = None
    resumed_evidence: str | None = None

    @property
    def is_on(self) -> bool:
        return self.resumed_at is None or self.resumed_at <= self.at


class Request(Struct, frozen=True, kw_only=True):
    """When a contact was last asked about a topic, and by which attempt."""

    conversation_id: str
    topic: str
    at: datetime
    attempt_id: str


class Consents(Struct, frozen=True):
    """All that a contact told us: the opt-ins, oldest first, and the stops, of all first; and what
    we asked."""

    opt_ins: tuple[OptIn, ...] = ()
    stops: tuple[Stop, ...] = ()
    requests: tuple[Request, ...] = ()


def expiry(opted_in_at: datetime, platform_says: datetime | None) -> datetime:
    """When the consent ends: what the platform says, at most one year after it was given."""
    latest = opted_in_at + LONGEST
    return min(platform_says, latest) if platform_says else latest


def best(opt_ins: Iterable[OptIn], *, topic: str, attempt_id: str, at: datetime) -> OptIn | None:
    """The opt-in to spend on this attempt: the one it has, else the oldest usable one of the topic,
    with a token before without; failing that the one that best tells why not."""
    return min(
        opt_ins,
        key=lambda each: (
            each.used_by != attempt_id,
            each.topic != topic,
            each.stopped_at is not None,
            each.used_by is not None,
            each.expires_at <= at,
            each.token is None,
            each.opted_in_at,
            each.opt_in_id,
        ),
        default=None,
    )


def stopped_at(stops: Iterable[Stop], topic: str | None) -> datetime | None:
    """Since when at the latest exactly this topic, or (None) everything, is stopped; None: it is
    not."""
    on = [stop.at for stop in stops if stop.topic == topic and stop.is_on]
    return max(on, default=None)


def as_of(consents: Consents, at: datetime) -> Consents:
    """What the contact had told us by then, and what we had asked. Of the stops of a topic only the
    latest is known; whether an opt-in was used is as it is now."""
    stops = tuple(_not_yet_resumed(stop, at) for stop in consents.stops if stop.at <= at)
    known = (each for each in consents.opt_ins if each.opted_in_at <= at)
    opt_ins = tuple(_stopped_by(each, stops, at) for each in known)
    return Consents(opt_ins, stops, tuple(each for each in consents.requests if each.at <= at))


def _not_yet_resumed(stop: Stop, at: datetime) -> Stop:
    is_later = stop.resumed_at is not None and stop.resumed_at > at
    return replace(stop, resumed_at=None) if is_later else stop


def _stopped_by(opt_in: OptIn, stops: Iterable[Stop], at: datetime) -> OptIn:
    on = [stop.at for stop in stops if stop.is_on and stop.topic in (opt_in.topic, None)]
    told = [moment for moment in on if moment >= opt_in.opted_in_at]
    if opt_in.stopped_at is not None and opt_in.stopped_at <= at:
        told.append(opt_in.stopped_at)
    return replace(opt_in, stopped_at=min(told, default=None))


def open_since(consents: Consents, topic: str, *, attempt_id: str, at: datetime) -> datetime | None:
    """Since when the contact has our request about the topic before them, or has agreed and was
    not told yet; None: they may be asked. The request of this very attempt does not count."""
    agreed = [each for each in consents.opt_ins if each.topic == topic]
    answered = max((each.opted_in_at for each in agreed), default=None)
    asked = [each.at for each in consents.requests if _is_about(each, topic, attempt_id)]
    unanswered = [each for each in asked if answered is None or answered < each]
    unused = [each.opted_in_at for each in agreed if _is_unused_token(each, at)]
    return max((*unanswered, *unused), default=None)


def _is_about(request: Request, topic: str, attempt_id: str) -> bool:
    return request.topic == topic and request.attempt_id != attempt_id


def _is_unused_token(opt_in: OptIn, at: datetime) -> bool:
    """Whoever stopped and wants it again has to agree again."""
    is_spent = opt_in.used_by is not None or opt_in.stopped_at is not None
    return opt_in.token is not None and not is_spent and at < opt_in.expires_at
