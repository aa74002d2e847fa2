"""The business wrote: we, a person in the native inbox, the platform's automation, another app?"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core import decisions
from chalicelib.core.attribution import author_of_echo
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import MessageEchoed
from chalicelib.core.ids import row_of_callback
from chalicelib.core.messages import PERSONS, UNSETTLED, Message, State, state_now
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    confirm_send,
    erase_contact,
    find_contact,
    meet_contact,
    move_conversation,
    person_answered,
    stored_message,
)
from chalicelib.usecases.meet_contact import Met
from chalicelib.usecases.stored_message import time_of

SAME_TEXT_WITHIN = timedelta(seconds=60)
REMEMBERED_FOR = timedelta(minutes=10)


def run(event: MessageEchoed, channel: ChannelSettings, rt: Runtime) -> None:
    """Merge our own echo with our row, also before Meta answers; store what others wrote."""
    if _is_named_and_settled(event, channel, rt):
        return
    met = meet_contact.run(event, channel, rt)
    known = met.known
    if met.is_erased:
        author = author_of_echo(event, time_of(event), known, channel)
        erase_contact.keep_nothing_of(stored_message.echoed(event, channel, author), rt)
        return
    ours = _recognised(event, known, rt)
    if ours:
        entry = decisions.proved(time_of(event), event.message_id)
        confirm_send.run(ours, event.message_id, channel, rt, known=known, entry=entry)
    else:
        _store(event, channel, met, rt)


def _is_named_and_settled(event: MessageEchoed, channel: ChannelSettings, rt: Runtime) -> bool:
    """The echo carries our row's key: one write settles it, without a look-up."""
    key = row_of_callback(event.metadata)
    entry = decisions.proved(time_of(event), event.message_id)
    row = key and rt.messages.settle(
        *key, State.SENT, platform_message_id=event.message_id, entry=entry
    )
    if row:
        confirm_send.run(row, event.message_id, channel, rt)
    return bool(row)


def _recognised(event: MessageEchoed, known: Conversation, rt: Runtime) -> Message | None:
    rows = _recent_rows(event, known, rt)
    written = [row for row in rows if row.platform_message_id == event.message_id]
    same = [row for row in rows if _is_same_text(row, event)]
    unsettled = [row for row in rows if _may_be(row, event)]
    return next(iter([*written, *same, *unsettled]), None)


def _recent_rows(event: MessageEchoed, known: Conversation, rt: Runtime) -> list[Message]:
    """Our sends around the echo's time; all of them for an echo so late that the row forgot."""
    if rt.now() - time_of(event) > REMEMBERED_FOR:
        return [
            row
            for row in find_contact.history(known, rt)
            if row.platform_message_id == event.message_id
        ]
    near = [s for s in known.recent_sends if abs(s.at - time_of(event)) <= REMEMBERED_FOR]
    homes = find_contact.members(known, rt) if near else ()
    rows = (_row(home, send.attempt_id, rt) for send in near for home in homes)
    return [row for row in rows if row]


def _row(conversation: str, attempt_id: str, rt: Runtime) -> Message | None:
    """What a look says once Meta named the message is final; anything else may be out of date."""
    row = rt.messages.load(conversation, attempt_id)
    is_final = row is not None and row.state is State.SENT and row.platform_message_id
    return row if is_final else rt.messages.load_now(conversation, attempt_id)


def _may_be(row: Message, event: MessageEchoed) -> bool:
    """While we wait for Meta's answer, whatever comes; of a send whose answer never came, other
    words are somebody else's."""
    is_in_other_words = bool(row.text and event.text) and row.text != event.text
    is_waiting = state_now(row, time_of(event)) is State.CLAIMED
    return row.state in UNSETTLED and (is_waiting or not is_in_other_words)


def _is_same_text(row: Message, event: MessageEchoed) -> bool:
    """Of an attachment the echo has an address of Meta's: it only counts that there is one."""
    if row.platform_message_id or row.text is None or row.text != event.text:
        return False
    if bool(row.attachments) != bool(event.attachments):
        return False
    return abs(row.occurred_at - time_of(event)) <= SAME_TEXT_WITHIN


def _store(event: MessageEchoed, channel: ChannelSettings, met: Met, rt: Runtime) -> None:
    author = author_of_echo(event, time_of(event), met.known, channel)
    rt.messages.record(stored_message.echoed(event, channel, author))
    if author in PERSONS:
        person_answered.run(met.known, time_of(event), channel, rt)
    move_conversation.run(
        channel,
        event.contact_id or "",
        lambda row: _step(event, channel, row),
        rt,
        change=lambda _before, after: met.noted(after),
        known=met.known,
    )


def _step(event: MessageEchoed, channel: ChannelSettings, row: Conversation) -> Step:
    at = time_of(event)
    return Step(
        at=at,
        day=channel.local_day(at),
        author=author_of_echo(event, at, row, channel),
        owner="other" if event.is_standby else None,
    )
