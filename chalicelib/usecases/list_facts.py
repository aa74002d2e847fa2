"""List what a metric counted: the ids behind its numbers, as they stood when it was computed."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.catalogue import METRICS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import Fact, Metric
from chalicelib.core.periods import Period
from chalicelib.core.report import CountedFact
from chalicelib.ports import Runtime
from chalicelib.usecases import gather_day, read_channel
from chalicelib.usecases.errors import InvalidInput

# A page looks at so many days at most: it may hold fewer facts than asked for and still not be the
# last.
DAYS_OF_A_PAGE = 14
# Of the 10 seconds that the gateway waits: a day of a busy channel may take some by itself.
WORKING_TIME = timedelta(seconds=4)


class FactPage(Struct, frozen=True):
    """In the order of days and times; `next_cursor` is opaque, None at the end."""

    items: tuple[CountedFact, ...]
    next_cursor: str | None


class _Position(Struct, frozen=True, array_like=True):
    """Go on with this day, after so many of its facts."""

    day: str
    offset: int = 0


def run(
    channel_id: str,
    metric_name: str,
    period: Period,
    rt: Runtime,
    *,
    cursor: str | None,
    limit: int,
) -> FactPage:
    """What the metric counted on the days of the period that were computed. Raises NotFound,
    InvalidInput."""
    metric = _metric(metric_name)
    channel = read_channel.run(channel_id, rt)
    start = _unpacked(cursor) if cursor else _Position(period.first)
    items: list[CountedFact] = []
    ends = rt.now() + WORKING_TIME
    for number, (day, as_of) in enumerate(_computed_days(channel_id, start.day, period, rt)):
        skipped = start.offset if day == start.day else 0
        is_late = number > 0 and rt.now() >= ends
        if is_late or number == DAYS_OF_A_PAGE or len(items) == limit:
            return FactPage(tuple(items), _packed(_Position(day)))
        facts = _facts(metric, day, channel, as_of, rt)[skipped:]
        taken = facts[: limit - len(items)]
        items += [_shown(day, fact) for fact in _told_once(metric, taken, rt)]
        if len(taken) < len(facts):
            following = _Position(day, skipped + len(taken))
            return FactPage(tuple(items), _packed(following))
    return FactPage(tuple(items), None)


def _metric(name: str) -> Metric:
    for metric in METRICS:
        if metric.name == name:
            return metric
    raise InvalidInput("metric", "one of " + ", ".join(metric.name for metric in METRICS))


def _computed_days(
    channel_id: str, first: str, period: Period, rt: Runtime
) -> list[tuple[str, datetime]]:
    """Each day from `first` on with the time of which its readings tell."""
    runs = rt.readings.runs(channel_id, since=first)
    return [(day, runs[day].at) for day in sorted(runs) if first <= day <= period.last]


def _facts(
    metric: Metric, day: str, channel: ChannelSettings, as_of: datetime, rt: Runtime
) -> list[Fact]:
    facts = metric.facts(_activity(metric, day, channel, as_of, rt))
    return sorted(facts, key=lambda fact: (fact.at, fact.conversation_id, fact.message_id or ""))


def _activity(
    metric: Metric, day: str, channel: ChannelSettings, as_of: datetime, rt: Runtime
) -> DayActivity:
    local_day = gather_day.cut_of(day, channel, rt)
    if metric.is_of_waits:
        return gather_day.waits_alone(local_day, rt, now=as_of)
    return gather_day.run(local_day, channel, rt, now=as_of)


def _told_once(metric: Metric, facts: list[Fact], rt: Runtime) -> list[Fact]:
    """Without waits that a worker stored while a join overtook it: the number leaves them out."""
    if not metric.is_of_waits:
        return facts
    leaders = rt.conversations.load_leading({fact.conversation_id for fact in facts})
    others = {key for key, row in leaders.items() if row.conversation_id != key}
    return [fact for fact in facts if fact.conversation_id not in others]


def _shown(day: str, fact: Fact) -> CountedFact:
    return CountedFact(
        day=day,
        conversation_id=fact.conversation_id,
        message_id=fact.message_id,
        at=fact.at,
        counted_as=fact.counted_as,
        answered_at=fact.answered_at,
        answered_by=fact.answered_by,
        answered_name=fact.answered_name,
    )


def _packed(position: _Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def _unpacked(cursor: str) -> _Position:
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        position = msgspec.json.decode(packed, type=_Position)
        date.fromisoformat(position.day)
    except ValueError as error:  # msgspec's errors are ValueErrors too
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    return position
