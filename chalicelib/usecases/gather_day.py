"""Read the facts of a channel's day once, as they stood at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.charges import OURS, Charge, charge_of
from chalicelib.core.conversation import Wait
from chalicelib.core.day_activity import DayActivity, LocalDay, acting_contacts, activity
from chalicelib.core.messages import MessageFact
from chalicelib.core.page_rules import RULES
from chalicelib.core.waits import EPISODE_SILENCE
from chalicelib.ports import Runtime
from chalicelib.usecases import count_people

# What begins depends on the silence before, and a reply counts as long after.
_REACH = max(EPISODE_SILENCE, *(max(rule.silence, rule.answered_within) for rule in RULES))
_MOMENT = timedelta(microseconds=1)
_AT_ONCE = 100  # rows, as many as DynamoDB reads in one request


def run(
    local_day: LocalDay, channel: ChannelSettings, rt: Runtime, *, now: datetime
) -> DayActivity:
    """Everything that metrics count, contact by contact as they are known now."""
    messages = rt.messages.of_day(local_day.channel_id, local_day.day)
    people = count_people.run(acting_contacts(messages), rt)
    return activity(
        local_day,
        now=now,
        waits=filter(people.is_of_one, _waits(local_day, rt)),
        messages=tuple(map(people.as_one, messages)),
        earlier=map(people.as_one, _around(local_day, -1, channel, rt)) if messages else (),
        later=map(people.as_one, _around(local_day, 1, channel, rt)) if messages else (),
        first_contacts=people.first_contacts,
        feedback=rt.readings.feedback_of_day(local_day.channel_id, local_day.day),
        charges=charges_of(messages, channel, rt, as_of=min(now, local_day.final_at)),
    )


def charges_of(
    facts: Iterable[MessageFact], channel: ChannelSettings, rt: Runtime, *, as_of: datetime
) -> Iterator[Charge]:
    """What the platform charges for these messages, read from their rows; only WhatsApp does."""
    if channel.platform != "whatsapp":
        return
    keys = ((fact.conversation_id, fact.message_id) for fact in facts if fact.author in OURS)
    while some := tuple(islice(keys, _AT_ONCE)):
        for row in rt.messages.load_all(some):
            charge = charge_of(row, as_of=as_of)
            if charge:
                yield charge


def waits_alone(local_day: LocalDay, rt: Runtime, *, now: datetime) -> DayActivity:
    """The day as if nobody had written but those who wait: enough for metrics of waits."""
    return activity(
        local_day,
        now=now,
        waits=_waits(local_day, rt),
        messages=(),
        earlier=(),
        first_contacts={},
    )


def cut_of(day: str, channel: ChannelSettings, rt: Runtime) -> LocalDay:
    """How the day was cut when it was first computed; before that, as the settings have it now."""
    kept = rt.readings.cut(channel.channel_id, day)
    if kept:
        return kept
    start, end = channel.day_bounds(day)
    return LocalDay(channel.channel_id, day, start, end, channel.away_spans(start, end))


def _waits(local_day: LocalDay, rt: Runtime) -> Iterator[Wait]:
    return chain(
        rt.conversations.open_waits(local_day.channel_id, local_day.day),
        rt.waits.of_day(local_day.channel_id, local_day.day),
    )


def _around(
    local_day: LocalDay, direction: int, channel: ChannelSettings, rt: Runtime
) -> Iterator[MessageFact]:
    """The facts of the days that hold the 24 hours before this one (-1), or after it (1)."""
    edge = local_day.start - _REACH if direction < 0 else local_day.end + _REACH - _MOMENT
    day = date.fromisoformat(local_day.day)
    furthest = date.fromisoformat(channel.local_day(edge))
    number_of_days = abs((furthest - day).days) + _is_near_another_zone(local_day, channel, rt)
    for number in range(1, number_of_days + 1):
        another = day + timedelta(days=direction * number)
        yield from rt.messages.each_of_day(local_day.channel_id, another.isoformat())


def _is_near_another_zone(local_day: LocalDay, channel: ChannelSettings, rt: Runtime) -> bool:
    """Whether days were cut otherwise about then: a fact may be filed a day further away."""
    day = date.fromisoformat(local_day.day)
    before = [(day - timedelta(days=number)).isoformat() for number in (1, 2)]
    cuts = [local_day, *(rt.readings.cut(local_day.channel_id, each) for each in before)]
    return any(cut and (cut.start, cut.end) != channel.day_bounds(cut.day) for cut in cuts)
