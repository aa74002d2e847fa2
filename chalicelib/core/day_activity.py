"""What happened on a channel's local day: the facts that metrics count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.conversation import Wait
from chalicelib.core.messages import MessageFact
from chalicelib.core.waits import CUSTOMER_ACTIONS, Episode, episodes

# A day is provisional until this long after its end: answers and late deliveries still come in.
FINAL_AFTER = timedelta(days=7)


class LocalDay(Struct, frozen=True):
    """A channel's day: `start` and `end` in UTC, 23 to 25 hours apart."""

    channel_id: str
    day: str  # ISO
    start: datetime
    end: datetime

    @property
    def final_at(self) -> datetime:
        """When the readings of this day stop changing."""
        return self.end + FINAL_AFTER


class DayActivity(Struct, frozen=True, kw_only=True):
    """The facts of a day as they stood at `as_of`, never later than when the day became final: a
    final day has the same facts whenever it is computed again."""

    local_day: LocalDay
    as_of: datetime
    waits: tuple[Wait, ...]  # opened this day; answered by `as_of`, or open
    messages: tuple[MessageFact, ...]
    episodes: tuple[Episode, ...]  # started this day
    new_contacts: frozenset[str]  # conversation ids whose contact acted for the first time

    @property
    def is_final(self) -> bool:
        return self.as_of >= self.local_day.final_at


def activity(
    local_day: LocalDay,
    *,
    now: datetime,
    waits: Iterable[Wait],
    messages: Sequence[MessageFact],
    earlier: Iterable[MessageFact],
    first_contacts: Mapping[str, datetime],
) -> DayActivity:
    """The day as it stands now. `earlier` are the facts of at least the 24 hours before it: an
    episode depends on the silence before."""
    as_of = min(now, local_day.final_at)
    today = {(fact.conversation_id, fact.message_id) for fact in messages}
    started = episodes((*earlier, *messages))
    return DayActivity(
        local_day=local_day,
        as_of=as_of,
        waits=tuple(_as_it_stood(wait, as_of) for wait in _unique(waits)),
        messages=tuple(messages),
        episodes=tuple(e for e in started if (e.conversation_id, e.message_id) in today),
        new_contacts=frozenset(
            contact
            for contact, first_at in first_contacts.items()
            if local_day.start <= first_at < local_day.end
        ),
    )


def acting_contacts(messages: Iterable[MessageFact]) -> frozenset[str]:
    """The conversations in which a customer did something."""
    return frozenset(fact.conversation_id for fact in messages if fact.author in CUSTOMER_ACTIONS)


def _unique(waits: Iterable[Wait]) -> tuple[Wait, ...]:
    """Each wait once: between two writes one may show as open and as closed, and closed it is."""
    known: dict[tuple[str, datetime], Wait] = {}
    for wait in sorted(waits, key=lambda wait: wait.answered_at is not None):
        known[wait.conversation_id, wait.opened_at] = wait
    return tuple(sorted(known.values(), key=lambda wait: (wait.opened_at, wait.conversation_id)))


def _as_it_stood(wait: Wait, as_of: datetime) -> Wait:
    if wait.answered_at is None or wait.answered_at <= as_of:
        return wait
    return replace(wait, answered_at=None, answered_by=None)
