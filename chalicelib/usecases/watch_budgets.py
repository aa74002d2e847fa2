"""Find out which numbers have used up their month's budget: their automations rest until it is
over.

Asking before every reply would cost as much as the reply. Every ten minutes the month is added up
from what the nights counted; of the messages since then only their number is read, and each is
taken for a paid answer once the free ones are gone. So automations may go on for ten minutes too
long, and rest a little too early where messages did not arrive.
"""

from __future__ import annotations

from datetime import date

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.charges import OURS
from chalicelib.core.costs import costs, is_reached
from chalicelib.core.policy_settings import Budget
from chalicelib.ports import Runtime
from chalicelib.usecases import read_costs

EVERY_MINUTES = 10


def run(rt: Runtime) -> None:
    """Note for each channel with a budget whether it is reached; nothing is written unless that
    changed."""
    if rt.now().minute % EVERY_MINUTES:
        return
    for channel in rt.channels.all():
        if channel.budget and channel.platform == "whatsapp":
            _watch(channel, channel.budget, rt)


def _watch(channel: ChannelSettings, budget: Budget, rt: Runtime) -> None:
    today = channel.local_day(rt.now())
    month = today[:7]
    noted = month if _is_reached(channel, budget, today, rt) else None
    if noted == rt.channels.budget_reached_in(channel.channel_id):
        return
    rt.channels.note_budget(channel.channel_id, noted)
    if noted:
        rt.log.warning("budget_reached", channel_id=channel.channel_id)
        rt.log.count("budgets_reached")


def _is_reached(channel: ChannelSettings, budget: Budget, today: str, rt: Runtime) -> bool:
    month = today[:7]
    counted = read_costs.by_readings(channel, month, rt)
    counted.pop(today, None)  # counted before it was over: not all of it
    left = [day for day in read_costs.days_until(month, today) if day not in counted]
    unread = sum(_sent(channel, day, rt) for day in left)
    cards = rt.rate_cards.all()
    known = costs(counted.values(), cards, budget.currency, month=read_costs.first(month))
    return is_reached(budget, known, unread, cards, day=date.fromisoformat(today))


def _sent(channel: ChannelSettings, day: str, rt: Runtime) -> int:
    facts = rt.messages.each_of_day(channel.channel_id, day)
    return sum(fact.author in OURS for fact in facts)
