"""The minute schedule: send what was planned and whose time has come, channels in turn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import chain, count
from typing import TypeAlias

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message, State
from chalicelib.core.outbound import message_of
from chalicelib.ports import Runtime
from chalicelib.usecases import send_message
from chalicelib.usecases.send_attempt import Waiting

# Of the function's 55 seconds; what is being sent then may take another 13.
WORKING_TIME = timedelta(seconds=40)
SHORT_WAIT = timedelta(seconds=2)  # for the next tokens; longer ones are left for the next minute
PATIENCE = 3  # failures that shall be tried again, until a channel is left for the next minute
OLD_ROWS = 500
OLD_ROWS_MINUTES = 10  # there are some after an upgrade only, and looking has its price

_Key: TypeAlias = tuple[str, str]  # conversation, message


class _Lane:
    """What is due of one channel, oldest first."""

    def __init__(self, keys: Iterator[_Key]) -> None:
        self._keys, self._failures = keys, 0
        self.tried = 0

    def next_turn(self, rt: Runtime) -> datetime | None:
        """Try the next message; returns when the lane goes on, None if not within this run."""
        key = next(self._keys, None)
        if key is None:
            return None
        outcome = _outcome(*key, rt)
        if isinstance(outcome, Waiting):
            return rt.now() if outcome.is_for_contact else self._later(key, outcome.row, rt)
        if outcome:
            self.tried += 1
            self._failures += outcome.state is State.PLANNED
        return rt.now() if self._failures < PATIENCE else None

    def _later(self, key: _Key, row: Message, rt: Runtime) -> datetime | None:
        self._keys = chain([key], self._keys)
        due_at = row.due_at
        return due_at if due_at and due_at - rt.now() <= SHORT_WAIT else None


def run(rt: Runtime) -> int:
    """Try what is due, one message of each channel at a time, asking the policy anew; returns how
    many were tried. What there was no time for is due the next minute."""
    since, turns = rt.now(), count()
    _take_over_old_rows(since, rt)
    lanes = [_Lane(rt.messages.due(c.channel_id, before=since)) for c in _in_turn(since, rt)]
    waiting = [(since, next(turns), lane) for lane in lanes]
    heapify(waiting)
    while waiting and max(waiting[0][0], rt.now()) - since < WORKING_TIME:
        ready_at, _, lane = heappop(waiting)
        if ready_at > rt.now():
            rt.sleep((ready_at - rt.now()).total_seconds())
        goes_on_at = lane.next_turn(rt)
        if goes_on_at:
            heappush(waiting, (goes_on_at, next(turns), lane))
    return sum(lane.tried for lane in lanes)


def _in_turn(at: datetime, rt: Runtime) -> tuple[ChannelSettings, ...]:
    """Each minute another one is the first: a run may end before the last had its turn."""
    channels = rt.channels.all()
    first = int(at.timestamp()) // 60 % len(channels) if channels else 0
    return channels[first:] + channels[:first]


def _outcome(conversation_id: str, message_id: str, rt: Runtime) -> Message | Waiting | None:
    """What came of a try; None if there was nothing to be tried, or it raised."""
    row = rt.messages.load(conversation_id, message_id)
    conversation = rt.conversations.load(conversation_id)
    if row is None or conversation is None or not _is_due(row, rt.now()):
        return None
    try:
        message = message_of(row, conversation)
        tried = send_message.again(message, rt, planned=row, known=conversation)
        if row.automation and isinstance(tried, Message):
            _follow_up(tried, conversation, rt)
        return tried
    except Exception as error:  # noqa: BLE001 - one message must not hold up the others
        rt.log.warning("due_send_failed", message_id=message_id, error=type(error).__name__)
        return None


def _follow_up(said: Message, conversation: Conversation, rt: Runtime) -> None:
    from chalicelib.usecases import hand_over  # late: few replies have to wait

    if said.automation in hand_over.LAST_WORDS:
        hand_over.after_last_word(said, conversation, rt)


def _is_due(row: Message, at: datetime) -> bool:
    return row.state is State.PLANNED and (row.due_at is None or row.due_at <= at)


def _take_over_old_rows(at: datetime, rt: Runtime) -> None:
    """The release before indexed planned rows of all channels together."""
    if at.minute % OLD_ROWS_MINUTES:
        return
    for conversation_id, message_id in rt.messages.due_of_old(before=at, limit=OLD_ROWS):
        row = rt.messages.load(conversation_id, message_id)
        if row:
            rt.messages.postpone(row, row.due_at or at)
