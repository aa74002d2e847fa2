"""Customers get a person: because they asked for one, because no rule understood them, or because
somebody decided so. Automation rests, the conversation is flagged, the thread may change hands.

Whoever asks is flagged even where automation may not speak, or it is too late to.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core import handling as changes
from chalicelib.core.answering import Reply
from chalicelib.core.automations import Tier
from chalicelib.core.automations._guard import MAX_AGE
from chalicelib.core.automations._words import tells_details
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.delayed import Cancel
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.handling import Handling
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Message, Origin, OutboundMessage, State
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    change_handling,
    find_contact,
    move_conversation,
    read_channel,
    read_conversation,
)
from chalicelib.usecases.errors import Conflict
from chalicelib.usecases.stored_message import time_of

Input = MessageReceived | Postback

_WHY = {"handover_request": "asked", "handover_missed": "missed"}
# Automations that may say the last word before a person comes.
LAST_WORDS = frozenset({*_WHY, "custom_rules"})
_TIERS = {automation.name: automation.tier for automation in AUTOMATIONS}
_UNDERSTOOD = frozenset({Tier.REQUEST, Tier.RULE})
OFF = ("handover_off", "The channel's settings have handover switched off.")


def on_input(
    event: Input,
    wanted: Reply | None,
    known: Conversation,
    handling: Handling | None,
    channel: ChannelSettings,
    rt: Runtime,
) -> None:
    """What follows from an input beside its reply. `wanted` is what would be said, spoken or not;
    `handling` as it stood, None if the channel has no use for it. Safe to repeat."""
    if event.is_standby or _is_group(event) or known.thread_owner == "other":
        return

    def change(stored: Handling) -> Handling:
        return _after(event, wanted, changes.settled(stored, time_of(event)), known, channel, rt)

    stored = Handling() if handling is None else handling
    if change(stored) != stored:
        stored = change_handling.run(known, change, rt)
    if wanted and rt.now() - time_of(event) <= MAX_AGE:
        change_handling.tell_of_tags(wanted.answer.tags, stored, known, rt)
    if stored.reminder == _reminder_key(event):  # not of who is waiting for a person already
        _remind(event, known, channel, rt)


def pass_on(
    event: Input, said: Message | None, known: Conversation, channel: ChannelSettings, rt: Runtime
) -> None:
    """After the last word of automation: the thread goes to the app of the channel's persons. While
    that word, the reply to this event, has to wait, the thread stays: `after_last_word`."""
    app_id = channel.handover.target_app_id
    at = time_of(event)
    is_waiting = said is not None and said.state is State.PLANNED
    if not app_id or is_waiting or change_handling.load(known, rt).handed_over_at != at:
        return
    _pass(known, app_id, channel, rt, at=at)


def after_last_word(said: Message, known: Conversation, rt: Runtime) -> None:
    """The same once a reply that had to wait was said, or never will be; unless a person came
    meanwhile."""
    channel = rt.channels.load(said.channel_id)
    app_id = channel.handover.target_app_id if channel else None
    if channel is None or not app_id or said.state in (State.PLANNED, State.CLAIMED):
        return
    row = move_conversation.leading(known, rt)
    at = change_handling.load(row, rt).handed_over_at
    fresh = rt.conversations.load(row.conversation_id, is_fresh=True) or row
    if at is None or (fresh.last_person_at is not None and fresh.last_person_at >= at):
        return
    _pass(fresh, app_id, channel, rt, at=at)


def to_person(conversation_id: str, rt: Runtime) -> Handling:
    """Somebody decided that a person takes over. Raises NotFound, Conflict (handover_off)."""
    known, channel = _both(conversation_id, rt)
    if not channel.handover.is_on:
        raise Conflict(*OFF)
    at = rt.now()
    stored = change_handling.run(
        known, lambda each: _wanted_at(changes.settled(each, at), at, "person", channel), rt
    )
    if channel.handover.target_app_id and stored.handed_over_at:
        _pass(known, channel.handover.target_app_id, channel, rt, at=stored.handed_over_at)
    return stored


def to_automation(conversation_id: str, rt: Runtime) -> Handling:
    """Automation answers again, and we have the thread. Raises NotFound, Conflict
    (thread_control_refused)."""
    from chalicelib.usecases import thread_control  # late: few threads change hands

    known, channel = _both(conversation_id, rt)
    if known.thread_owner == "other" and not thread_control.take(known, channel, rt):
        sentence = "The platform did not give us control of the conversation."
        raise Conflict("thread_control_refused", sentence)
    before = change_handling.load(known, rt)
    stored = change_handling.run(known, changes.taken_back, rt)
    drop_reminder(before, known, rt)
    return stored


def thread_again(known: Conversation, channel: ChannelSettings, rt: Runtime) -> Conversation:
    """The row once we have again the thread that we gave with a handover, as far as the platform
    gives it back. What another app took by itself stays there. To be called before the handover is
    forgotten."""
    if known.thread_owner != "other" or change_handling.load(known, rt).passed_at is None:
        return known
    from chalicelib.usecases import thread_control  # late: few threads change hands

    if not thread_control.take(known, channel, rt):
        return known
    return rt.conversations.load(known.conversation_id, is_fresh=True) or known


def drop_reminder(before: Handling, known: Conversation, rt: Runtime) -> None:
    """Nobody has to come any more: what was to be said if nobody came is not said."""
    if before.reminder:
        from chalicelib.usecases import plan_reply

        plan_reply.drop(find_contact.message(known, before.reminder, rt), rt)


def _both(conversation_id: str, rt: Runtime) -> tuple[Conversation, ChannelSettings]:
    row = move_conversation.leading(read_conversation.load(conversation_id, rt), rt)
    return row, read_channel.run(row.channel_id, rt)


def _after(
    event: Input,
    wanted: Reply | None,
    stored: Handling,
    known: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
) -> Handling:
    at = time_of(event)
    if wanted and rt.now() - at <= MAX_AGE:
        stored = changes.tagged(stored, *wanted.answer.tags) if wanted.answer.tags else stored
        stored = replace(stored, assigned_to=wanted.answer.assign_to or stored.assigned_to)
    if wanted and wanted.answer.hands_over:
        if known.last_person_at is not None and known.last_person_at >= at:
            return stored  # a person has answered since
        asked = _wanted_at(stored, at, _WHY.get(wanted.automation, "rule"), channel)
        return replace(asked, reminder=_reminder_key(event)) if asked != stored else stored
    if changes.rests(stored, at) or not channel.handover.is_on:
        return stored
    tier = _TIERS.get(wanted.automation) if wanted else None
    if tier in _UNDERSTOOD:
        return changes.understood(stored)
    if tier is Tier.GREETING:
        return stored  # whoever is greeted has only said hello
    return _missed(event, stored, known, channel, rt)


def _missed(
    event: Input, stored: Handling, known: Conversation, channel: ChannelSettings, rt: Runtime
) -> Handling:
    person = known.last_person_at
    is_served = person is not None and time_of(event) - person < channel.person_pause
    is_counted = channel.handover.after_misses and channel.answers_requests
    text = event.text if isinstance(event, MessageReceived) else None
    is_answer = tells_details(text, known, at=time_of(event))
    is_late = rt.now() - time_of(event) > MAX_AGE  # or repeated: then it was understood perhaps
    if is_served or is_late or is_answer or not is_counted or not text:
        return stored
    return changes.missed(stored, event.event_id)


def _wanted_at(stored: Handling, at: datetime, why: str, channel: ChannelSettings) -> Handling:
    minutes = channel.handover.rests_minutes
    rests_for = None if minutes is None else timedelta(minutes=minutes)
    return changes.handed_over(stored, at=at, why=why, rests_for=rests_for)


def _remind(event: Input, known: Conversation, channel: ChannelSettings, rt: Runtime) -> None:
    """Nobody may come: then the customer hears how else to reach the business. Who asked while it
    was closed has heard so at once, and is not told again before it has been open for as long."""
    from chalicelib.core.handover_words import text_of_reminder
    from chalicelib.usecases import plan_reply

    at, minutes = time_of(event), channel.handover.unanswered_minutes
    if minutes is None:
        return
    due_at = (channel.next_opening(at) or at) + timedelta(minutes=minutes)
    if known.window_ends_at is None or due_at >= known.window_ends_at:
        return
    message = OutboundMessage(
        key=_reminder_key(event),
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=event.contact_id or "",
        origin=Origin.AUTOMATION,
        text=_filled(text_of_reminder(channel), event, channel, rt),
        automation="handover_reminder",
    )
    answers = (Cancel.PERSON_ANSWERED, Cancel.OTHER_APP_WROTE)
    plan_reply.run(message, rt, at=due_at, unless=answers, since=at)


def _filled(text: str, event: Input, channel: ChannelSettings, rt: Runtime) -> str | None:
    from chalicelib.core.automations import Answer
    from chalicelib.usecases import personalise

    return personalise.run(Answer(text=text), event, channel, rt, is_new=False).text


def _reminder_key(event: Input) -> str:
    return attempt_id(f"{event.event_id}#unanswered")


def _pass(
    known: Conversation, app_id: str, channel: ChannelSettings, rt: Runtime, *, at: datetime
) -> None:
    """Once for each handover. It is noted before it is done: of a worker that died in between, who
    closes the conversation must know what to take back."""
    from chalicelib.usecases import thread_control  # late: few threads change hands

    earlier = change_handling.load(known, rt).passed_at
    if not thread_control.may_give(known, channel) or (earlier == at and _has_moved(known, at)):
        return
    change_handling.run(known, lambda each: replace(each, passed_at=at), rt)
    if not thread_control.give(known, app_id, channel, rt) and earlier != at:
        change_handling.run(known, lambda each: replace(each, passed_at=None), rt)


def _has_moved(known: Conversation, at: datetime) -> bool:
    """The thread has changed hands since, and may be ours again."""
    return known.thread_owner_at is not None and known.thread_owner_at > at


def _is_group(event: Input) -> bool:
    return isinstance(event, MessageReceived) and event.group_id is not None
