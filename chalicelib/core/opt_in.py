"""Opt-ins: consent for later messages, and its single-use token."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class OptIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact agreed to hear about a topic. Used at most once; never after `expires_at` (at most one year)."""

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
