"""Whether and how to answer a customer by ourselves, and the slot that makes it happen once.

A slot is the memory of a reply on the conversation row, written together with the input that it
answers: whoever wins that write sends, and a redelivery finds the slot and sends the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.automations import Answer, Automation, Situation
from chalicelib.core.automations._guard import LONG_LIMIT, Asked, why_silent, why_too_late
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import RECENT_SENDS, Conversation, RecentSend
from chalicelib.core.events import Event, MessageReceived, Postback
from chalicelib.core.handling import Handling, misses_before

Input = MessageReceived | Postback


class Reply(Struct, frozen=True):
    """The one automatic reply to an input."""

    automation: str
    answer: Answer


class Silence(Struct, frozen=True):
    """No automatic reply; `reason` is a code of `automations._guard.REASONS`."""

    reason: str


def first_reply(
    event: Input,
    *,
    before: Conversation | None,
    channel: ChannelSettings,
    now: datetime,
    automations: Sequence[Automation],
    handling: Handling | None = None,
) -> Reply | Silence:
    """The answer of the first automation that has one, unless something asks for silence.

    `before` is the conversation as it stood before this input; the order of `automations` counts.
    """
    at = event.occurred_at
    if at is None:
        return Silence("no_time")
    reply = wanted(
        event, before=before, channel=channel, automations=automations, handling=handling
    )
    if reply is None:
        return Silence("nothing_to_say")
    reason = why_silent(_asked(event, at, before, channel, now, handling))
    return Silence(reason) if reason else reply


def wanted(
    event: Input,
    *,
    before: Conversation | None,
    channel: ChannelSettings,
    automations: Sequence[Automation],
    handling: Handling | None = None,
) -> Reply | None:
    """What the first automation would say, whether it may speak or not."""
    at = event.occurred_at
    if at is None:
        return None
    return _first(_situation(event, at, before, channel, handling), automations)


def answer_again(
    event: Input,
    slot: RecentSend,
    *,
    before: Conversation,
    channel: ChannelSettings,
    now: datetime,
    automations: Sequence[Automation],
    handling: Handling | None = None,
) -> Reply | None:
    """The reply whose slot this input took when it came before; None if it would not be given now.

    The slot has spent what there was to spend, so the answer spends nothing.
    """
    at = event.occurred_at
    if at is None or why_too_late(_asked(event, at, before, channel, now, handling)):
        return None
    untouched = replace(before, away_period=None, last_customer_at=None, wait_opened_at=None)
    situation = _situation(event, at, untouched, channel, handling)
    reply = _first(situation, [one for one in automations if one.name == slot.automation])
    return reply and Reply(reply.automation, replace(reply.answer, away_period=None))


def take_slot(
    conversation: Conversation, reply: Reply, event: Event, *, attempt_id: str
) -> Conversation:
    """The conversation that remembers this reply."""
    at = event.occurred_at
    return conversation if at is None else with_slot(conversation, reply, at, attempt_id=attempt_id)


def with_slot(
    conversation: Conversation, reply: Reply, at: datetime, *, attempt_id: str
) -> Conversation:
    """The same for a reply to what happened at this time."""
    slot = RecentSend(attempt_id, at, reply.automation)
    sends = sorted((*conversation.recent_sends, slot), key=lambda send: send.at)
    return replace(
        conversation,
        recent_sends=tuple(sends[-RECENT_SENDS:]),
        automated_at=tuple(sorted((*conversation.automated_at, at))[-LONG_LIMIT:]),
        away_period=reply.answer.away_period or conversation.away_period,
    )


def release_slot(conversation: Conversation, attempt_id: str) -> Conversation:
    """The conversation without the slot of this attempt, ready to take it again."""
    times = list(conversation.automated_at)
    for send in conversation.recent_sends:
        if send.attempt_id == attempt_id and send.at in times:
            times.remove(send.at)
    return replace(
        conversation,
        recent_sends=tuple(s for s in conversation.recent_sends if s.attempt_id != attempt_id),
        automated_at=tuple(times),
    )


def _asked(
    event: Input,
    at: datetime,
    before: Conversation | None,
    channel: ChannelSettings,
    now: datetime,
    handling: Handling | None,
) -> Asked:
    return Asked(
        occurred_at=at,
        is_standby=event.is_standby,
        is_group=_is_group(event),
        before=before,
        channel=channel,
        now=now,
        handling=handling,
    )


def _is_group(event: Input) -> bool:
    return isinstance(event, MessageReceived) and event.group_id is not None


def _first(situation: Situation, automations: Sequence[Automation]) -> Reply | None:
    for automation in automations:
        answer = automation.decide(situation)
        if answer is not None:
            return Reply(automation.name, answer)
    return None


def _situation(
    event: Input,
    at: datetime,
    before: Conversation | None,
    channel: ChannelSettings,
    handling: Handling | None,
) -> Situation:
    closed_period = channel.closed_period(at)
    last = _last_heard(before)
    return Situation(
        occurred_at=at,
        text=event.text if isinstance(event, MessageReceived) else event.title,
        payload=event.payload,
        channel=channel,
        conversation=before,
        is_first_message=before is None or before.last_customer_at is None,
        silent_for=at - last if last else None,
        is_open=closed_period is None,
        closed_period=closed_period,
        referral=event.referral,
        misses=misses_before(handling, event.event_id),
        tags=handling.tags if handling else (),
    )


def _last_heard(before: Conversation | None) -> datetime | None:
    if before is None:
        return None
    times = (
        before.last_customer_at,
        before.last_person_at,
        before.last_automated_at,
        before.last_other_app_at,
    )
    return max((time for time in times if time), default=None)
