"""What a month costs, by what was counted and the rate cards."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.charges import key_of, parts
from chalicelib.core.costs import Costs, DayCharges, costs, is_reached
from chalicelib.core.policy_settings import Budget
from chalicelib.core.rate_cards import Market, RateCard, card_for, problems, rate_for

FIXTURE = json.loads((Path(__file__).parent / "data" / "whatsapp_invoice.json").read_text())
CARDS = msgspec.convert(FIXTURE["cards"], tuple[RateCard, ...])
DAYS = tuple(
    DayCharges(date.fromisoformat(each["day"]), each["counts"]) for each in FIXTURE["days"]
)
NOVEMBER, SEPTEMBER = date(2026, 11, 1), date(2026, 9, 1)


def bill(days: Any = DAYS, *, cards: Any = CARDS, currency: str | None = "USD") -> Costs:
    return costs(days, cards, currency, month=NOVEMBER)


def one_day(counts: dict[str, int]) -> tuple[DayCharges, ...]:
    return (DayCharges(date(2026, 11, 2), counts),)


@pytest.mark.parametrize("name", ["amount", "saved", "unpriced"])
def test_the_sum_is_the_invoice_s_to_the_cent(name: str) -> None:
    assert getattr(bill(), name) == FIXTURE["invoice"][name]


def test_each_day_is_priced_by_the_card_that_held_then() -> None:
    marketing = [line for line in bill().lines if line.category == "marketing"]
    assert {(line.card, line.messages, line.amount) for line in marketing} == {
        ("2026-10-01#USD", 137, "5.44"),
        ("2026-11-16#USD", 10, "0.41"),
    }


@pytest.mark.parametrize(
    "key", ["service/regular/TR", "service/regular/-", "marketing/regular/XX", "unknown/unknown/MX"]
)
def test_what_no_card_knows_is_told_and_never_zero(key: str) -> None:
    found = bill(one_day({key: 5}))
    assert (found.unpriced, [line.amount for line in found.lines]) == (5, [None])


def test_without_a_rate_card_nothing_is_priced() -> None:
    found = bill(cards=(), currency=None)
    assert (found.amount, found.unpriced) == ("0.00", 212)


def test_of_the_free_answers_of_the_month_the_rest_is_left() -> None:
    found = bill(one_day({"service/free_customer_service/MX": 320, "service/regular/MX": 2}))
    assert (found.free_service_messages, found.free_left, found.paid_service_messages) == (
        320,
        680,
        2,
    )


def test_before_answers_were_charged_there_was_no_limit_of_free_ones() -> None:
    assert costs((), (), None, month=SEPTEMBER).free_left is None


@pytest.mark.parametrize(
    ("budget", "unread", "reached"),
    [
        (Budget(paid_service_messages=56), 0, False),
        (Budget(paid_service_messages=55), 0, True),
        (Budget(paid_service_messages=56), 1, True),
        (Budget(amount="6.44", currency="USD"), 0, False),
        (Budget(amount="6.43", currency="USD"), 0, True),
        (Budget(amount="6.44", currency="USD"), 1, True),
        (Budget(paid_service_messages=0), 0, True),
    ],
)
def test_a_budget_is_reached_when_nothing_of_it_is_left(
    budget: Budget, unread: int, reached: bool
) -> None:
    assert is_reached(budget, bill(), unread, CARDS, day=NOVEMBER) is reached


def test_answers_since_the_last_count_use_up_the_free_ones_first() -> None:
    known = bill(one_day({"service/free_customer_service/MX": 990}))
    budget = Budget(paid_service_messages=1)
    assert [is_reached(budget, known, n, CARDS, day=NOVEMBER) for n in (10, 11)] == [False, True]


@pytest.mark.parametrize(
    "budget", [Budget(paid_service_messages=0), Budget(amount="0.00", currency="USD")]
)
def test_a_budget_of_nothing_leaves_the_free_answers(budget: Budget) -> None:
    known = bill(one_day({"service/free_customer_service/MX": 990}))
    assert [is_reached(budget, known, n, CARDS, day=NOVEMBER) for n in (9, 10)] == [False, True]


@given(
    st.dictionaries(
        st.sampled_from(["service/regular/MX", "marketing/regular/ES"]), st.integers(0, 9999)
    )
)
def test_the_bill_of_a_month_is_that_of_its_days(counts: dict[str, int]) -> None:
    twice = bill((*one_day(counts), *one_day(counts)))
    doubled = bill(one_day({key: 2 * number for key, number in counts.items()}))
    assert (twice.amount, twice.unpriced) == (doubled.amount, doubled.unpriced)


def test_a_key_tells_its_parts() -> None:
    assert parts(key_of("marketing", "regular", None)) == ("marketing", "regular", None)


def test_before_the_first_card_no_rate_is_known() -> None:
    assert card_for(CARDS, "USD", date(2026, 9, 30)) is None


def test_a_card_of_another_currency_is_none_of_this() -> None:
    assert card_for(CARDS, "EUR", NOVEMBER) is None


def test_a_country_without_a_market_has_no_rate() -> None:
    assert rate_for(CARDS[0], "TR", "service") is None


@pytest.mark.parametrize("amount", ["free", "", "-1", "NaN", "Infinity"])
def test_a_rate_that_is_no_number_is_named(amount: str) -> None:
    market = Market(countries=("MX",), rates={"service": amount})
    card = RateCard(effective_from=NOVEMBER, currency="USD", markets={"Mexico": market})
    assert [field for field, _ in problems(card)] == ["markets.Mexico.rates.service"]


def test_a_country_in_two_markets_is_named() -> None:
    market = Market(countries=("MX",), rates={"service": "0.1"})
    card = RateCard(effective_from=NOVEMBER, currency="USD", markets={"A": market, "B": market})
    assert [field for field, _ in problems(card)] == ["markets.B.countries"]
