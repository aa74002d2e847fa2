"""The facts of a question to the policy as people tell them: in a request, on a command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Question, window_length
from chalicelib.core.opt_in import OptIn, expiry
from chalicelib.core.template_states import status_of

Moment = Annotated[
    datetime,
    Meta(tz=True, description="an ISO 8601 time with its offset, such as 2026-11-21T14:00:00Z"),
]
Word = Annotated[str, Meta(min_length=1, max_length=64, description="a word of 1 to 64 characters")]
OpeningAction = Literal[
    "message",
    "postback",
    "quick_reply",
    "referral",
    "ad_referral",
    "reaction",
    "story_reply",
    "story_mention",
    "plugin_opt_in",
    "call",
]
_SPENT = "spent by another message"
_WINDOW = ("window_ends_at", "window_opened_at", "window_opened_by")
_HAPPENED = (
    "last_customer_at",
    "marketing_opted_in_at",
    "marketing_stopped_at",
    "stopped_all_at",
    "comment_at",
    "recurring_last_at",
)


class OptInFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's consent to a topic; without `topic` to that of the message."""

    opted_in_at: Moment
    topic: Word | None = None
    expires_at: Moment | None = None
    stopped_at: Moment | None = None
    has_token: bool = False
    is_used: bool = False


class Facts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a verdict depends on, by the names of `Question`. What is left out is not known, and
    where it matters the unknown refuses. A window that is not told follows from the action that
    opened it and from the customer's last message, whichever lasts longer. What is told of later
    than `at` has not happened yet."""

    origin: Origin
    platform: Literal["instagram", "messenger", "whatsapp"] | None = None
    kind: MessageKind | None = None  # a text unless told
    at: Moment | None = None  # now unless told
    margin_minutes: (
        Annotated[int, Meta(ge=0, le=60, description="a whole number from 0 to 60")] | None
    ) = None

    tag: Word | None = None
    is_promotional: bool | None = None
    is_sponsored: bool | None = None
    is_reply: bool | None = None
    topic: Word | None = None
    category: Literal["utility", "marketing", "authentication"] | None = None
    template_approved: bool | None = None
    template_status: Word | None = None
    template_quality: Word | None = None
    recurring_token: bool | None = None
    recurring_last_at: Moment | None = None

    window_ends_at: Moment | None = None
    window_opened_at: Moment | None = None
    window_opened_by: OpeningAction | None = None
    last_customer_at: Moment | None = None
    thread_owner: Word | None = None
    is_unreachable: bool | None = None
    region: (
        Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", description="a country: TR")] | None
    ) = None
    is_us_number: bool | None = None
    opt_in: OptInFacts | None = None
    marketing_opted_in_at: Moment | None = None
    marketing_stopped_at: Moment | None = None
    stopped_all_at: Moment | None = None
    marketing_not_before: Moment | None = None
    pair_free_at: Moment | None = None
    answers_comment: bool | None = None
    comment_at: Moment | None = None
    comment_answered: bool | None = None
    feedback_sent: bool | None = None

    is_channel_blocked: bool | None = None
    one_time_notifications: bool | None = None
    has_human_agent: bool | None = None
    portfolio_left: Annotated[int, Meta(ge=0, description="a whole number from 0")] | None = None
    is_budget_reached: bool | None = None
    refuse_marketing_when_stale: bool | None = None


def question(facts: Facts, *, now: datetime) -> Question:
    """The question that these facts are, nothing else being known. `facts.platform` is told."""
    asked = Question(
        platform=facts.platform or "",
        origin=facts.origin,
        kind=facts.kind or MessageKind.TEXT,
        at=facts.at or now,
    )
    return told(facts, asked)


def told(facts: Facts, asked: Question, *, ad_days: int = 1) -> Question:
    """The question with what these facts tell in place of what it knew. `ad_days`: the channel's
    setting for the window that an ad opens."""
    facts = _so_far(facts, facts.at or asked.at)
    known: dict[str, Any] = {
        each.name: getattr(facts, each.name)
        for each in msgspec.structs.fields(facts)
        if getattr(facts, each.name) is not None
    }
    if "margin_minutes" in known:
        known["margin"] = timedelta(minutes=known.pop("margin_minutes"))
    if facts.template_status is not None:
        known["template_status"] = status_of(facts.template_status)
    if facts.opt_in is not None:
        known["opt_in"] = _opt_in(facts.opt_in, asked.platform, facts.topic or asked.topic)
    if "last_customer_at" in known or "window_opened_at" in known or "window_opened_by" in known:
        asked = replace(asked, **dict.fromkeys(_WINDOW))
        return _with_window(replace(asked, **known), ad_days)
    return replace(asked, **known)


def _so_far(facts: Facts, at: datetime) -> Facts:
    """The facts without what is told of later than that time."""
    later = [name for name in _HAPPENED if _is_later(getattr(facts, name), at)]
    if _is_later(facts.window_opened_at, at):
        later += _WINDOW
    opt_in = facts.opt_in
    if opt_in is not None and _is_later(opt_in.stopped_at, at):
        opt_in = replace(opt_in, stopped_at=None)
    if opt_in is not None and opt_in.opted_in_at > at:
        opt_in = None
    return replace(facts, opt_in=opt_in, **dict.fromkeys(later))


def _is_later(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment > at


def _with_window(asked: Question, ad_days: int) -> Question:
    """The question with the window that lasts longest of those that the customer's actions opened,
    if nobody told its end."""
    if asked.window_ends_at is not None:
        return asked
    actions = (
        (asked.window_opened_by or "message", asked.window_opened_at or asked.last_customer_at),
        ("message", asked.last_customer_at),
    )
    opened = [
        (at + length, at, action)
        for action, at in actions
        if at and (length := window_length(asked.platform, action, at, ad_days=ad_days))
    ]
    longest = max(opened, key=lambda each: each[0], default=None)
    return replace(asked, **dict(zip(_WINDOW, longest, strict=True))) if longest else asked


def _opt_in(facts: OptInFacts, platform: str, topic: str | None) -> OptIn:
    return OptIn(
        conversation_id="",
        channel_id="",
        contact_id="",
        platform=platform,
        opt_in_id="",
        topic=facts.topic or topic or "",
        opted_in_at=facts.opted_in_at,
        expires_at=expiry(facts.opted_in_at, facts.expires_at),
        token="told" if facts.has_token else None,
        used_by=_SPENT if facts.is_used else None,
        stopped_at=facts.stopped_at,
    )
