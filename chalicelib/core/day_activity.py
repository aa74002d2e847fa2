"""What happened on a channel's local day: the facts that metrics count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import page_conversations
from chalicelib.core.charges import Charge
from chalicelib.core.conversation import Wait
from chalicelib.core.feedback import Feedback
from chalicelib.core.messages import Author, MessageFact
from chalicelib.core.page_conversations import PageConversation, Span
from chalicelib.core.page_rules import PageRule, rule_for
from chalicelib.core.waits import CUSTOMER_ACTIONS, EPISODE_SILENCE, Episode, episodes

# A day is provisional until this long after its end: answers and late deliveries still come in.
FINAL_AFTER = timedelta(days=7)

_Start = TypeVar("_Start", Episode, PageConversation)


class LocalDay(Struct, frozen=True):
    """How a channel's day was cut: `start` and `end` in UTC, 23 to 25 hours apart, and the spans of
    it in which the business was closed with its away message on."""

    channel_id: str
    day: str  # ISO
    start: datetime
    end: datetime
    away: tuple[Span, ...] = ()

    @property
    def final_at(self) -> datetime:
        """When the readings of this day stop changing."""
        return self.end + FINAL_AFTER

    @property
    def page_rule(self) -> PageRule:
        """How the page metric counted on this day, but for its window."""
        return rule_for(30, date.fromisoformat(self.day))


class Run(Struct, frozen=True):
    """When a day was last computed, and whether it was final then: if so, that is over."""

    at: datetime
    is_final: bool


class DayActivity(Struct, frozen=True, kw_only=True):
    """The facts of a day as they stood at `as_of`, never later than when the day became final: a
    final day has the same facts whenever it is computed again."""

    local_day: LocalDay
    as_of: datetime
    waits: tuple[Wait, ...]  # opened this day; answered by `as_of`, or open
    messages: tuple[MessageFact, ...]
    episodes: tuple[Episode, ...]  # started this day
    new_contacts: frozenset[str]  # conversation ids whose contact acted for the first time
    page_conversations: tuple[PageConversation, ...] = ()  # began this day
    feedback: tuple[Feedback, ...] = ()  # given this day
    charges: tuple[Charge, ...] = ()  # of messages sent this day, on WhatsApp

    @property
    def is_final(self) -> bool:
        return self.as_of >= self.local_day.final_at


def activity(
    local_day: LocalDay,
    *,
    now: datetime,
    waits: Iterable[Wait],
    messages: Iterable[MessageFact],
    earlier: Iterable[MessageFact],
    later: Iterable[MessageFact] = (),
    first_contacts: Mapping[str, datetime],
    charges: Iterable[Charge] = (),
    feedback: Iterable[Feedback] = (),
) -> DayActivity:
    """The day as it stands now. `earlier` are the facts of at least the 24 hours before it, as what
    begins depends on the silence before; `later` those of at least the 24 hours after it, as far as
    there are any, for the replies. Both are looked at once, one by one, in any order. After a
    change of the zone some of either may lie among those of the day."""
    as_of = min(now, local_day.final_at)
    messages = tuple(fact for fact in messages if fact.occurred_at <= as_of)
    first, last = _first_and_last_times(messages)
    among: list[MessageFact] = []
    acted, wrote = _last_times(_before(first, earlier, among))
    rule = local_day.page_rule
    began = page_conversations.started(messages, before=wrote, away=local_day.away, rule=rule)
    replies = chain(messages, among, _noted(last, later, among))
    answered = page_conversations.answered(began, replies, as_of=as_of, rule=rule)
    written = [fact for fact in among if fact.author is not Author.CUSTOMER_VISIT]
    return DayActivity(
        local_day=local_day,
        as_of=as_of,
        waits=tuple(
            _as_it_stood(each, as_of) for each in _unique(waits) if each.opened_at <= as_of
        ),
        messages=messages,
        episodes=_unbroken(episodes(messages, before=acted), among, EPISODE_SILENCE),
        new_contacts=_new_contacts(messages, first_contacts),
        page_conversations=_unbroken(answered, written, rule.silence),
        feedback=tuple(each for each in feedback if each.at <= as_of),
        charges=tuple(charge for charge in charges if charge.at <= as_of),
    )


def acting_contacts(messages: Iterable[MessageFact]) -> frozenset[str]:
    """The conversations in which a customer did something."""
    return frozenset(fact.conversation_id for fact in messages if fact.author in CUSTOMER_ACTIONS)


def _first_and_last_times(
    facts: Iterable[MessageFact],
) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """Of each conversation."""
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    for fact in facts:
        conversation, at = fact.conversation_id, fact.occurred_at
        first[conversation] = min(first.get(conversation, at), at)
        last[conversation] = max(last.get(conversation, at), at)
    return first, last


def _before(
    first: Mapping[str, datetime], facts: Iterable[MessageFact], among: list[MessageFact]
) -> Iterator[MessageFact]:
    """What comes before the first of its conversation; what does not is put among the others."""
    for fact in facts:
        if fact.conversation_id in first:
            if fact.occurred_at < first[fact.conversation_id]:
                yield fact
            else:
                among.append(fact)


def _noted(
    last: Mapping[str, datetime], facts: Iterable[MessageFact], among: list[MessageFact]
) -> Iterator[MessageFact]:
    """All of them; what comes before the last of its conversation is put among the others, too."""
    for fact in facts:
        if fact.conversation_id in last and fact.occurred_at < last[fact.conversation_id]:
            among.append(fact)
        yield fact


def _last_times(
    facts: Iterable[MessageFact],
) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When something last happened in each conversation, and when there last was a message."""
    acted: dict[str, datetime] = {}
    wrote: dict[str, datetime] = {}
    for fact in facts:
        conversation, at = fact.conversation_id, fact.occurred_at
        acted[conversation] = max(acted.get(conversation, at), at)
        if fact.author is not Author.CUSTOMER_VISIT:
            wrote[conversation] = max(wrote.get(conversation, at), at)
    return acted, wrote


def _unbroken(
    starts: tuple[_Start, ...], among: Sequence[MessageFact], silence: timedelta
) -> tuple[_Start, ...]:
    """Those before which none of these facts broke the silence."""
    times: dict[str, list[datetime]] = {}
    for fact in among:
        times.setdefault(fact.conversation_id, []).append(fact.occurred_at)
    return tuple(
        start
        for start in starts
        if not any(
            start.started_at - silence < at < start.started_at
            for at in times.get(start.conversation_id, ())
        )
    )


def _new_contacts(
    messages: Iterable[MessageFact], first_contacts: Mapping[str, datetime]
) -> frozenset[str]:
    """By the facts and not by the clock: so each contact is new on one day, also where a change of
    the time zone makes two days overlap or leaves a gap."""
    return frozenset(
        fact.conversation_id
        for fact in messages
        if fact.author in CUSTOMER_ACTIONS
        and (first := first_contacts.get(fact.conversation_id)) is not None
        and fact.occurred_at <= first
    )


def _unique(waits: Iterable[Wait]) -> tuple[Wait, ...]:
    """Each wait once: between two writes one may show as open and as closed, and closed it is."""
    known: dict[tuple[str, datetime], Wait] = {}
    for wait in waits:
        place = (wait.conversation_id, wait.opened_at)
        if wait.answered_at is not None or place not in known:
            known[place] = wait
    return tuple(sorted(known.values(), key=lambda wait: (wait.opened_at, wait.conversation_id)))


def _as_it_stood(wait: Wait, as_of: datetime) -> Wait:
    if wait.answered_at is None or wait.answered_at <= as_of:
        return wait
    return replace(wait, answered_at=None, answered_by=None, answered_name=None)
