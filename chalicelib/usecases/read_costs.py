"""What a channel's messages of a month cost, as far as it is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.charges import billed
from chalicelib.core.costs import DayCharges, MonthCosts, costs
from chalicelib.core.metrics import charged_messages, is_of
from chalicelib.core.rate_cards import RateCard
from chalicelib.ports import Runtime
from chalicelib.usecases import gather_day, read_channel
from chalicelib.usecases.errors import InvalidInput

# Days that the nightly job has not counted are counted on the spot, the latest ones.
MOST_LIVE_DAYS = 2

_ONE_DAY = timedelta(days=1)


def run(channel_id: str, month: str | None, currency: str | None, rt: Runtime) -> MonthCosts:
    """None: the month that it is on the channel's calendar; the currency of the budget, or that of
    all rate cards. Raises NotFound, InvalidInput."""
    channel = read_channel.run(channel_id, rt)
    now = channel.local_day(rt.now())
    wanted = month or now[:7]
    cards = rt.rate_cards.all()
    counted = by_readings(channel, wanted, rt)
    left = [day for day in days_until(wanted, now) if day not in counted]
    live, missing = left[-MOST_LIVE_DAYS:], left[:-MOST_LIVE_DAYS]
    counted |= {day: _live(channel, day, rt) for day in live}
    bill = costs(counted.values(), cards, _currency(currency, channel, cards), month=first(wanted))
    reached = rt.channels.budget_reached_in(channel_id)
    return MonthCosts(
        channel_id=channel_id,
        month=wanted,
        costs=bill,
        missing_days=missing,
        is_budget_reached=channel.budget is not None and reached == wanted,
    )


def by_readings(channel: ChannelSettings, month: str, rt: Runtime) -> dict[str, DayCharges]:
    """What the nightly job counted of the days of this month."""
    readings = rt.readings.of_days(channel.channel_id, f"{month}-01", f"{month}-31")
    return {
        reading.day: DayCharges(date.fromisoformat(reading.day), reading.counts)
        for reading in readings
        if is_of(charged_messages.METRIC, reading)
    }


def days_until(month: str, today: str) -> list[str]:
    """The days of the month that have begun."""
    return [day for day in _days(first(month)) if day <= today]


def first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _days(day: date) -> Iterator[str]:
    month = day.month
    while day.month == month:
        yield day.isoformat()
        day += _ONE_DAY


def _live(channel: ChannelSettings, day: str, rt: Runtime) -> DayCharges:
    sent = rt.messages.each_of_day(channel.channel_id, day)
    charges = gather_day.charges_of(sent, channel, rt, as_of=rt.now())
    facts = (charge.key for charge in billed(charges))
    counts: dict[str, int] = {}
    for key in facts:
        counts[key] = counts.get(key, 0) + 1
    return DayCharges(date.fromisoformat(day), counts)


def _currency(
    asked: str | None, channel: ChannelSettings, cards: tuple[RateCard, ...]
) -> str | None:
    known = {card.currency for card in cards}
    if asked is not None and asked not in known:
        raise InvalidInput("currency", "one of a rate card")
    of_budget = channel.budget.currency if channel.budget else None
    if asked or of_budget:
        return asked or of_budget
    if len(known) > 1:
        raise InvalidInput("currency", f"one of {', '.join(sorted(known))}")
    return next(iter(known), None)
