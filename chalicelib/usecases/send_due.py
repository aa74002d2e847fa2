"""The minute schedule: send what was planned and whose time has come, channels in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.core.messages import Message, State
from chalicelib.core.outbound import message_of
from chalicelib.ports import Runtime
from chalicelib.usecases import send_message

# Of the function's 55 seconds; what is being sent then may take another 13.
WORKING_TIME = timedelta(seconds=40)
PATIENCE = 3  # failures that shall be tried again, until a channel is left for the next minute
OLD_ROWS = 500


class _Lane:
    """What is due of one channel, oldest first."""

    def __init__(self, keys: Iterator[tuple[str, str]], since: datetime) -> None:
        self.keys, self._since, self._failures = keys, since, 0

    def goes_on(self, row: Message | None) -> bool:
        """False once the channel must wait, or the platform keeps refusing."""
        if row is None or row.state is not State.PLANNED:
            return True
        self._failures += 1
        return not _is_due(row, self._since) and self._failures < PATIENCE


def run(rt: Runtime) -> int:
    """Try what is due, one message of each channel at a time, asking the policy anew; returns how
    many were tried. What there was no time for is due the next minute."""
    since = rt.now()
    _take_over_old_rows(since, rt)
    lanes = deque(
        _Lane(rt.messages.due(channel.channel_id, before=since), since)
        for channel in rt.channels.all()
    )
    tried = 0
    while lanes and rt.now() - since < WORKING_TIME:
        lane = lanes.popleft()
        key = next(lane.keys, None)
        if key is None:
            continue
        row = _outcome(*key, rt)
        tried += row is not None and not _is_due(row, since)
        if lane.goes_on(row):
            lanes.append(lane)
    return tried


def _outcome(conversation_id: str, message_id: str, rt: Runtime) -> Message | None:
    """The row after a try; None if there was nothing to be tried, or it raised."""
    row = rt.messages.load(conversation_id, message_id)
    conversation = rt.conversations.load(conversation_id)
    if row is None or conversation is None or not _is_due(row, rt.now()):
        return None
    try:
        message = message_of(row, conversation)
        return send_message.run(message, rt, planned=row, known=conversation)
    except Exception as error:  # noqa: BLE001 - one message must not hold up the others
        rt.log.warning("due_send_failed", message_id=message_id, error=type(error).__name__)
        return None


def _is_due(row: Message, at: datetime) -> bool:
    """After a try: it was not touched, because its channel must wait."""
    return row.state is State.PLANNED and (row.due_at is None or row.due_at <= at)


def _take_over_old_rows(at: datetime, rt: Runtime) -> None:
    """The release before indexed planned rows of all channels together."""
    for conversation_id, message_id in rt.messages.due_of_old(before=at, limit=OLD_ROWS):
        row = rt.messages.load(conversation_id, message_id)
        if row:
            rt.messages.postpone(row, row.due_at or at)
