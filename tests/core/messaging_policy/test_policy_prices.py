"""What kind of price a WhatsApp message has, a day before each change and on its day."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.core.messaging_policy.prices import (
    Price,
    PriceClass,
    free_answers,
    price_class,
)

FREE, REGULAR, TIER = Price.FREE_WINDOW, Price.REGULAR, Price.FREE_TIER


@pytest.mark.parametrize(
    ("day", "service", "utility", "marketing", "rule"),
    [
        ("2023-06-01", REGULAR, REGULAR, REGULAR, "whatsapp.price.2023-06-01"),
        ("2024-10-31", REGULAR, REGULAR, REGULAR, "whatsapp.price.2023-06-01"),
        ("2024-11-01", FREE, REGULAR, REGULAR, "whatsapp.price.2024-11-01"),
        ("2025-06-30", FREE, REGULAR, REGULAR, "whatsapp.price.2024-11-01"),
        ("2025-07-01", FREE, FREE, REGULAR, "whatsapp.price.2025-07-01"),
        ("2026-09-30", FREE, FREE, REGULAR, "whatsapp.price.2025-07-01"),
        ("2026-10-01", TIER, REGULAR, REGULAR, "whatsapp.price.2026-10-01"),
        ("2026-11-21", TIER, REGULAR, REGULAR, "whatsapp.price.2026-10-01"),
    ],
)
def test_prices_inside_the_service_window(day, service, utility, marketing, rule):
    on = date.fromisoformat(day)
    prices = [
        price_class(on=on, category=category, is_in_window=True, free_left=1)
        for category in ("service", "utility", "marketing")
    ]
    assert prices == [PriceClass(price, rule) for price in (service, utility, marketing)]


@pytest.mark.parametrize("day", ["2023-06-01", "2025-07-01", "2026-10-01"])
@pytest.mark.parametrize("category", ["utility", "marketing", "authentication"])
def test_outside_the_window_every_template_is_paid(day: str, category: str):
    price = price_class(on=date.fromisoformat(day), category=category, is_in_window=False)
    assert price.price is REGULAR


@pytest.mark.parametrize("category", ["service", "utility", "marketing", "authentication"])
@pytest.mark.parametrize("is_in_window", [True, False])
@pytest.mark.parametrize("day", ["2023-06-01", "2026-11-21"])
def test_everything_is_free_after_an_entry_by_an_ad(day: str, category: str, is_in_window: bool):
    price = price_class(
        on=date.fromisoformat(day),
        category=category,
        is_in_window=is_in_window,
        is_in_free_entry=True,
    )
    assert price == PriceClass(Price.FREE_ENTRY_POINT, "whatsapp.free_entry_point.2023-06-01")


def test_before_the_first_price_that_we_know_nothing_is_told():
    price = price_class(on=date(2023, 5, 31), category="marketing", is_in_window=False)
    assert price == PriceClass(Price.UNKNOWN)


@pytest.mark.parametrize(("left", "expected"), [(1, TIER), (0, REGULAR), (None, REGULAR)])
def test_an_answer_is_free_as_long_as_some_are_known_to_be_left(left, expected):
    price = price_class(on=date(2026, 10, 1), category="service", is_in_window=True, free_left=left)
    assert price.price is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-01", PriceClass(Price.EXEMPT, "whatsapp.price.exemption.2026-10-01")),
        ("2027-12-30", PriceClass(Price.EXEMPT, "whatsapp.price.exemption.2026-10-01")),
        ("2027-12-31", PriceClass(REGULAR, "whatsapp.price.2026-10-01")),
    ],
)
def test_the_exemption_of_governments_and_non_profits_ends(day: str, expected: PriceClass):
    on = date.fromisoformat(day)
    assert expected == price_class(on=on, category="service", is_in_window=True, is_exempt=True)


def test_the_exemption_is_for_answers_only():
    price = price_class(on=date(2026, 10, 1), category="utility", is_in_window=True, is_exempt=True)
    assert price.price is REGULAR


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-09-30", None), ("2026-10-01", 1000), ("2023-01-01", None)]
)
def test_a_thousand_answers_a_month_are_free_since_answers_cost(day: str, expected: int | None):
    assert free_answers(date.fromisoformat(day)) == expected
