"""Waits and episodes, found from message facts alone: their order of arrival does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.conversation import Wait
from chalicelib.core.messages import PERSONS, Author, MessageFact

# Meta's page metric starts anew after 24 hours without messages from either side.
EPISODE_SILENCE = timedelta(hours=24)
CUSTOMER_ACTIONS = frozenset({Author.CUSTOMER, Author.CUSTOMER_VISIT})
_NATIVE = frozenset({Author.PERSON_NATIVE, Author.PLATFORM_AUTOMATION})


class DerivedWaits(Struct, frozen=True):
    """The waits of one conversation: closed ones, oldest first, and the open one, if any."""

    closed: tuple[Wait, ...]
    open: Wait | None


class Episode(Struct, frozen=True):
    """A customer took the conversation up (again); `message_id` is the action that started it."""

    conversation_id: str
    started_at: datetime
    message_id: str


def derive(
    messages: Sequence[MessageFact], *, channel_id: str, day_of: Callable[[datetime], str]
) -> DerivedWaits:
    """The waits in one conversation. A wait opens at the first customer message while none is open
    and closes at the first message of a person; a visit or anything automated changes nothing."""
    closed: list[Wait] = []
    wait: Wait | None = None
    for fact in in_order(messages):
        if wait is None and fact.author is Author.CUSTOMER:
            wait = Wait(
                conversation_id=fact.conversation_id,
                channel_id=channel_id,
                day=day_of(fact.occurred_at),
                opened_at=fact.occurred_at,
            )
        elif wait is not None and fact.author in PERSONS:
            closed.append(
                replace(
                    wait,
                    answered_at=fact.occurred_at,
                    answered_by=fact.author.value,
                    answered_name=fact.author_name,
                )
            )
            wait = None
    return DerivedWaits(closed=tuple(closed), open=wait)


def episodes(
    facts: Iterable[MessageFact], *, before: Mapping[str, datetime] | None = None
) -> tuple[Episode, ...]:
    """The episodes started in these facts, of any number of conversations, oldest first. One starts
    with a customer's message or visit when neither side did anything for `EPISODE_SILENCE`: exactly
    24:00:00 is enough. A message of the business, automated or not, breaks the silence. `before`:
    when each contact or the business last did something earlier than these facts."""
    last = dict(before or {})
    started: list[Episode] = []
    for fact in in_order(facts):
        known = last.get(fact.conversation_id)
        is_silent = known is None or fact.occurred_at - known >= EPISODE_SILENCE
        if is_silent and fact.author in CUSTOMER_ACTIONS:
            started.append(Episode(fact.conversation_id, fact.occurred_at, fact.message_id))
        last[fact.conversation_id] = fact.occurred_at
    return tuple(started)


def settle_authors(facts: Iterable[MessageFact], within: timedelta) -> tuple[MessageFact, ...]:
    """All facts, oldest first, each by its true author: what the native inbox wrote up to `within`
    after a customer's message in the same conversation is the platform's own automation, as nobody
    types that fast; all else that it wrote is a person's, whatever was thought before."""
    settled: list[MessageFact] = []
    last_customer: dict[str, datetime] = {}
    for fact in in_order(facts):
        if fact.author is Author.CUSTOMER:
            last_customer[fact.conversation_id] = fact.occurred_at
        asked_at = last_customer.get(fact.conversation_id)
        settled.append(_settled(fact, asked_at, within))
    return tuple(settled)


def in_order(facts: Iterable[MessageFact]) -> list[MessageFact]:
    """Oldest first; at equal times the customer wrote before anybody answered."""
    return sorted(facts, key=_order)


def _settled(fact: MessageFact, asked_at: datetime | None, within: timedelta) -> MessageFact:
    if fact.author not in _NATIVE:
        return fact
    is_fast = asked_at is not None and fact.occurred_at - asked_at <= within
    return replace(fact, author=Author.PLATFORM_AUTOMATION if is_fast else Author.PERSON_NATIVE)


def _order(fact: MessageFact) -> tuple[datetime, bool, str]:
    # Platforms round to seconds: at equal times the customer asked before anybody answered.
    return fact.occurred_at, fact.author not in CUSTOMER_ACTIONS, fact.message_id
