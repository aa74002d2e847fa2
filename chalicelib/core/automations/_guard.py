"""The guard before every automatic reply: when automation keeps silent whatever it would say."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.handling import Handling, rests

MAX_AGE = timedelta(minutes=10)
BURST = timedelta(seconds=10)
# Two bots must not talk: at most so many automatic replies to a contact in so long a time.
SHORT_LIMIT, SHORT_TIME = 3, timedelta(minutes=10)
LONG_LIMIT, LONG_TIME = 10, timedelta(hours=24)

REASONS = {
    "nothing_to_say": "no automation had an answer",
    "no_time": "the event does not say when it happened",
    "too_old": "the event is older than 10 minutes",
    "standby": "another app has the thread and we only listen",
    "group": "the message was written to a group",
    "thread_with_other": "another app has taken the thread",
    "handed_over": "the conversation was handed over to a person: automation rests",
    "person_active": "a person answered within the pause of the channel",
    "other_app_active": "another app wrote within the pause of the channel",
    "just_answered": "an automatic reply went out within 10 seconds",
    "limit_of_10_minutes": "3 automatic replies in 10 minutes: automation rests",
    "limit_of_a_day": "10 automatic replies in 24 hours: automation rests",
}


class Asked(Struct, frozen=True, kw_only=True):
    """An input of a customer, and what the guard has to know about it. `before`: the conversation
    as it stood, None for a new one."""

    occurred_at: datetime
    is_standby: bool
    is_group: bool
    before: Conversation | None
    channel: ChannelSettings
    now: datetime
    handling: Handling | None = None


def why_silent(asked: Asked) -> str | None:
    """A code of `REASONS` if no automation may answer this input, else None."""
    reason = why_too_late(asked)
    if reason or asked.before is None:
        return reason
    return _answered_enough(asked.occurred_at, asked.before)


def why_too_late(asked: Asked) -> str | None:
    """The same for an input whose reply was decided before, but perhaps never sent: the limits
    have counted it already, the rest may have changed since."""
    if asked.now - asked.occurred_at > MAX_AGE:
        return "too_old"
    if asked.is_standby:
        return "standby"
    if asked.is_group:
        return "group"
    if rests(asked.handling, asked.occurred_at):
        return "handed_over"
    if asked.before is None:
        return None
    return _served_by_others(asked.occurred_at, asked.before, asked.channel)


def _served_by_others(at: datetime, before: Conversation, channel: ChannelSettings) -> str | None:
    pause_began = at - channel.person_pause
    if before.thread_owner == "other":
        return "thread_with_other"
    if before.last_person_at is not None and before.last_person_at > pause_began:
        return "person_active"
    if before.last_other_app_at is not None and before.last_other_app_at > pause_began:
        return "other_app_active"
    return None


def _answered_enough(at: datetime, before: Conversation) -> str | None:
    """By the times of the events answered, in whatever order they are processed."""
    distances = [abs(at - answered) for answered in before.automated_at]
    if any(distance <= BURST for distance in distances):
        return "just_answered"
    if sum(distance < SHORT_TIME for distance in distances) >= SHORT_LIMIT:
        return "limit_of_10_minutes"
    if sum(distance < LONG_TIME for distance in distances) >= LONG_LIMIT:
        return "limit_of_a_day"
    return None
