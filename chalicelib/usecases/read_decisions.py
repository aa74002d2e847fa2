"""Why something was sent or not: the ledger of a conversation, or of a channel's hours."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias

import msgspec

from chalicelib.core import local_days
from chalicelib.core.messages import MessageFact, State
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel, read_conversation
from chalicelib.usecases.errors import InvalidInput
from chalicelib.usecases.read_conversation import MessagePage

LONGEST = timedelta(days=31)
_DAY = timedelta(days=1)

_Position: TypeAlias = tuple[datetime, str, str]  # time, conversation, message


def of_conversation(
    conversation_id: str, *, cursor: str | None, limit: int, rt: Runtime
) -> MessagePage:
    """Our messages of the conversation, oldest first; a page may be shorter than its limit. Raises
    NotFound, InvalidInput."""
    page = read_conversation.messages(conversation_id, cursor=cursor, limit=limit, rt=rt)
    ours = tuple(row for row in page.items if row.state is not State.RECEIVED)
    return MessagePage(ours, page.next_cursor)


def of_channel(
    channel_id: str,
    *,
    since: datetime,
    until: datetime,
    cursor: str | None,
    limit: int,
    rt: Runtime,
) -> MessagePage:
    """What was sent, refused or failed from `since` on and before `until`, by the time of the last
    attempt, oldest first. Raises NotFound, InvalidInput."""
    read_channel.run(channel_id, rt)
    if not since < until <= since + LONGEST:
        raise InvalidInput("to", f"later than from, by at most {LONGEST.days} days")
    after = _position(cursor) if cursor else None
    start = max(since, after[0]) if after else since
    facts = _facts(channel_id, start, until, rt)
    rest = (fact for fact in facts if after is None or _place(fact) > after)
    found = tuple(islice(rest, limit + 1))
    rows = rt.messages.load_all([(f.conversation_id, f.message_id) for f in found[:limit]])
    return MessagePage(rows, _cursor(found[limit - 1]) if len(found) > limit else None)


def _facts(channel_id: str, since: datetime, until: datetime, rt: Runtime) -> Iterator[MessageFact]:
    """Day by day, so that what nobody asks for is not read."""
    start = since
    while start < until:
        end = min(start + _DAY, until)
        days = local_days.between(start, end)
        yield from rt.messages.attempts(channel_id, days, since=start, until=end)
        start = end


def _cursor(fact: MessageFact) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_place(fact))).decode().rstrip("=")


def _place(fact: MessageFact) -> _Position:
    return fact.occurred_at, fact.conversation_id, fact.message_id


def _position(cursor: str) -> _Position:
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        position = msgspec.convert(msgspec.json.decode(packed), tuple[datetime, str, str])
    except ValueError as error:  # msgspec's errors are ValueErrors too
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    if position[0].tzinfo is None:
        raise InvalidInput("cursor", "the next_cursor of an earlier page")
    return position
