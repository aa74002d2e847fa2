"""Opt-ins: consent for later messages, and its single-use token."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

# Page one-time-notification (old docs tree, undated): a token is good for one year.
LONGEST = timedelta(days=365)


class OptIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact agreed to hear about a topic, once, before `expires_at` (at most a year later)."""

    conversation_id: str
    channel_id: str
    contact_id: str
    platform: str
    opt_in_id: str  # derived from token or event
    topic: str
    opted_in_at: datetime
    expires_at: datetime
    token: str | None = None
    title: str | None = None
    used_by: str | None = None  # attempt id
    stopped_at: datetime | None = None


def expiry(opted_in_at: datetime, platform_says: datetime | None) -> datetime:
    """When the consent ends: what the platform says, at most one year after it was given."""
    latest = opted_in_at + LONGEST
    return min(platform_says, latest) if platform_says else latest


def best(opt_ins: Iterable[OptIn], *, topic: str, attempt_id: str, at: datetime) -> OptIn | None:
    """The opt-in to spend on this attempt: the one it has, else the oldest usable one of the topic;
    failing that the one that best tells why not."""
    return min(
        opt_ins,
        key=lambda each: (
            each.used_by != attempt_id,
            each.topic != topic,
            each.stopped_at is not None,
            each.used_by is not None,
            each.expires_at <= at,
            each.opted_in_at,
            each.opt_in_id,
        ),
        default=None,
    )
