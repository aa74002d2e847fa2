"""What a channel decides about persons taking over, closing, feedback, and saying who answers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

_TEXT = Annotated[str, Meta(max_length=5000)]
_WORD = Annotated[str, Meta(min_length=1, max_length=100)]
_WEEK_MINUTES = 7 * 24 * 60


class Handover(Struct, frozen=True, kw_only=True):
    """Whether customers get a person when they ask for one, or after so many misses in a row of the
    automations that answer requests (None: never)."""

    is_on: bool = True
    text: _TEXT | None = None  # said once; the default says that a person will answer
    words: Annotated[tuple[_WORD, ...], Meta(max_length=50)] = ()  # beside the known ones
    payloads: Annotated[tuple[_WORD, ...], Meta(max_length=20)] = ()  # of buttons and menu items
    after_misses: Annotated[int, Meta(ge=1, le=10)] | None = 2
    # How long automation rests, unless the conversation is closed before; None: until it is.
    rests_minutes: Annotated[int, Meta(ge=1, le=_WEEK_MINUTES)] | None = 24 * 60
    target_app_id: str | None = None  # gets control of the thread; Messenger and Instagram
    # So long without an answer, the other ways to reach the business are named. None: never.
    unanswered_minutes: Annotated[int, Meta(ge=1, le=23 * 60)] | None = None
    unanswered_text: _TEXT | None = None


class ClosingMessage(Struct, frozen=True, kw_only=True):
    """What is said when a person closes a conversation, and, with `after_hours`, so long after a
    person's last answer, if nobody writes before."""

    is_on: bool = True
    text: _TEXT | None = None
    after_hours: Annotated[int, Meta(ge=1, le=23)] | None = None


class FeedbackRequest(Struct, frozen=True, kw_only=True):
    """Asks how satisfied a customer is when a person closes the conversation. With `privacy_url`
    Messenger's own form is used, which may come up to 7 days after; else words to tap."""

    is_on: bool = True
    question: Annotated[str, Meta(min_length=1, max_length=65)] | None = None
    thanks: _TEXT | None = None
    privacy_url: Annotated[str, Meta(max_length=500)] | None = None


class Disclosure(Struct, frozen=True, kw_only=True):
    """When to say that an automated assistant answers. `when`: `always`, `regions` (where a law may
    want it, and where nobody knows the region), `never`, or None: `always` for automations that
    hold a conversation."""

    when: str | None = None
    text: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    again_after_hours: Annotated[int, Meta(ge=1, le=24 * 30)] = 24
