"""The bill of a month, and budgets that are reached."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.core import ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.costs import MonthCosts
from chalicelib.core.messages import Author, State, Status
from chalicelib.core.policy_settings import Budget
from chalicelib.core.rate_cards import Market, RateCard
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_daily_metrics, read_costs, watch_budgets
from chalicelib.usecases.errors import InvalidInput
from tests import builders, fakes
from tests.builders import CHANNEL, NOON, TODAY

CONVERSATION = builders.conversation(platform="whatsapp").conversation_id
TURKEY = Market(countries=("TR",), rates={"service": "0.01", "marketing": "0.05"})
CARD = RateCard(effective_from=date(2026, 10, 1), currency="USD", markets={"Turkey": TURKEY})
DAY = timedelta(days=1)


def whatsapp(**facts: Any) -> ChannelSettings:
    return builders.channel(platform="whatsapp", **facts)


def sent(rt: Runtime, number: int, *, kind: str = "regular", at: Any = NOON, **facts: Any) -> None:
    """So many answers that arrived at once."""
    told = {"pricing": {"type": kind, "category": "service"}, "country": "TR"}
    day = at.date().isoformat()
    for place in range(number):
        row = builders.our_message(
            conversation_id=CONVERSATION,
            message_id=ids.attempt_id(f"{kind}{at}{place}"),
            occurred_at=at,
            day=day,
            **({"author": Author.AUTOMATION} | facts),
        )
        rt.messages.claim(row)
        rt.messages.settle(CONVERSATION, row.message_id, State.SENT)
        rt.messages.status(CONVERSATION, row.message_id, Status.DELIVERED, at, facts=told)


def running(**settings: Any) -> Runtime:
    rt = fakes.runtime(whatsapp(**settings))
    rt.rate_cards.save(CARD)
    return rt


def month(rt: Runtime, **asked: Any) -> MonthCosts:
    wanted: dict[str, Any] = {"month": None, "currency": None} | asked
    return read_costs.run(CHANNEL, wanted["month"], wanted["currency"], rt)


def test_messages_of_today_are_in_the_bill_before_the_night() -> None:
    rt = running()
    sent(rt, 3)
    assert (month(rt).costs.amount, month(rt).costs.paid_service_messages) == ("0.03", 3)


def test_days_that_were_counted_are_added_to_those_that_were_not() -> None:
    rt = running()
    sent(rt, 3)
    compute_daily_metrics.run(CHANNEL, TODAY, rt)
    rt.now.advance(days=1)
    sent(rt, 2, at=NOON + DAY)
    assert month(rt).costs.amount == "0.05"


def test_a_message_that_is_counted_again_is_in_the_bill_once() -> None:
    rt = running()
    sent(rt, 3)
    compute_daily_metrics.run(CHANNEL, TODAY, rt)
    compute_daily_metrics.run(CHANNEL, TODAY, rt)
    assert month(rt).costs.paid_service_messages == 3


def test_free_answers_cost_nothing_and_tell_what_they_saved() -> None:
    rt = running()
    sent(rt, 4, kind="free_customer_service")
    costs = month(rt).costs
    assert (costs.amount, costs.saved, costs.free_left) == ("0.00", "0.04", 996)


def test_days_that_nobody_counted_are_named() -> None:
    assert len(month(running()).missing_days) == 21 - read_costs.MOST_LIVE_DAYS


def test_a_month_to_come_has_no_days() -> None:
    assert month(running(), month="2027-01").missing_days == []


def test_a_currency_without_a_card_is_refused() -> None:
    with pytest.raises(InvalidInput, match="currency"):
        month(running(), currency="EUR")


def test_of_two_currencies_one_must_be_asked_for() -> None:
    rt = running()
    rt.rate_cards.save(RateCard(effective_from=CARD.effective_from, currency="EUR", markets={}))
    with pytest.raises(InvalidInput, match="currency"):
        month(rt)


def watched(budget: Budget, number: int, **facts: Any) -> Runtime:
    """Three answers were counted beyond the free ones, and then so many more were sent."""
    rt = running(budget=budget)
    sent(rt, 3)
    sent(rt, 1000, kind="free_customer_service")
    compute_daily_metrics.run(CHANNEL, TODAY, rt)
    rt.now.advance(days=1)
    sent(rt, number, at=NOON + DAY, **facts)
    watch_budgets.run(rt)
    return rt


@pytest.mark.parametrize(("more", "reached"), [(0, None), (1, None), (2, "2026-11")])
def test_a_budget_of_messages_is_reached_by_the_last_of_them(
    more: int, reached: str | None
) -> None:
    rt = watched(Budget(paid_service_messages=5), more)
    assert rt.channels.budget_reached_in(CHANNEL) == reached


@pytest.mark.parametrize(("amount", "reached"), [("0.05", "2026-11"), ("0.06", None)])
def test_a_budget_of_money_is_reached_by_its_last_cent(amount: str, reached: str | None) -> None:
    rt = watched(Budget(amount=amount, currency="USD"), 2)
    assert rt.channels.budget_reached_in(CHANNEL) == reached


def test_what_customers_and_persons_on_the_phone_write_uses_up_nothing() -> None:
    rt = watched(Budget(paid_service_messages=5), 9, author=Author.PERSON_NATIVE)
    assert rt.channels.budget_reached_in(CHANNEL) is None


def test_a_reached_budget_is_told_once() -> None:
    rt = watched(Budget(paid_service_messages=5), 2)
    rt.now.advance(minutes=10)
    watch_budgets.run(rt)
    assert rt.log.events.count("budget_reached") == 1


def test_a_new_month_begins_with_a_whole_budget() -> None:
    rt = watched(Budget(paid_service_messages=5), 2)
    rt.now.advance(days=10)
    watch_budgets.run(rt)
    assert rt.channels.budget_reached_in(CHANNEL) is None


def test_between_the_tenth_minutes_nobody_looks() -> None:
    rt = running(budget=Budget(paid_service_messages=0))
    sent(rt, 1000, kind="free_customer_service")
    rt.now.advance(minutes=1)
    watch_budgets.run(rt)
    assert rt.channels.budget_reached_in(CHANNEL) is None


def test_the_bill_says_that_automations_rest() -> None:
    assert month(watched(Budget(paid_service_messages=5), 2)).is_budget_reached
