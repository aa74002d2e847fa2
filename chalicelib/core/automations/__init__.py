"""Automations: rules that answer by themselves. One file per rule; this is their contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import IntEnum

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import Referral
from chalicelib.core.messages import (
    Button,
    FilledTemplate,
    Location,
    Media,
    MessageKind,
    QuickReply,
)


class Tier(IntEnum):
    """Who goes first: the first automation that has an answer gives it, the others stay silent."""

    REQUEST = 1  # the customer asked for something
    RULE = 2  # the business's own rules
    MISSED = 3  # no rule understands what the customer asks for
    AVAILABILITY = 4  # nobody is there
    GREETING = 5  # hello
    HANDOVER = 6  # nothing else to say: a person will
    OCCASION = 7  # no message to us, but a reason to write: a comment, a review, an application


class Situation(Struct, frozen=True, kw_only=True):
    """What an automation decides by: the customer's input, and how things stood just before it."""

    occurred_at: datetime
    text: str | None
    payload: str | None
    channel: ChannelSettings
    conversation: Conversation | None
    is_first_message: bool
    silent_for: timedelta | None  # since either side was last heard of; None: never
    is_open: bool
    closed_period: str | None  # None when open
    occasion: str | None = None  # the automation that is meant; None: a message or a tap
    post_id: str | None = None  # of a comment: what it stands under; its words are `text`
    referral: Referral | None = None  # the ad or link that the input came through
    tags: tuple[str, ...] = ()  # of the conversation, where a rule of the channel looks at them
    misses: int = 0  # in a row, of the automations that answer requests, before this input

    @property
    def words(self) -> str | None:
        """What the customer wrote, or tapped where a tap brings back nothing but its own words, as
        choices without a payload do; None where the payload says what is meant."""
        return self.text if self.payload in (None, self.text) else None


class Answer(Struct, frozen=True, kw_only=True):
    """What to say. `text` may hold placeholders (`core/personalisation.py`)."""

    kind: MessageKind = MessageKind.TEXT
    text: str | None = None
    attachment: Media | None = None  # `text` is its caption
    template: FilledTemplate | None = None  # in place of both; its texts may hold placeholders
    topic: str | None = None  # of an OPT_IN_REQUEST
    title: str | None = None  # of an OPT_IN_REQUEST
    grants_opt_in: str | None = None  # the topic that the customer's own words asked for
    away_period: str | None = None  # the closed period whose one away message this is
    quick_replies: tuple[QuickReply, ...] = ()
    buttons: tuple[Button, ...] = ()
    location: Location | None = None  # a pin, sent in place of the text, which tells it in words
    after: timedelta = timedelta()  # said only then, unless somebody writes before
    tags: tuple[str, ...] = ()  # to be put on the conversation
    assign_to: str | None = None  # the person or team that the conversation is for from now on
    hands_over: bool = False  # to a person: automation rests (`core/handling.py`)


class Automation(Struct, frozen=True):
    """One rule. `decide` is pure; None means that it has nothing to say."""

    name: str  # as its module
    tier: Tier
    decide: Callable[[Situation], Answer | None]
