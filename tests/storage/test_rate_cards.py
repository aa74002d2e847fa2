"""Contract of RateCards."""

from __future__ import annotations

from datetime import date

from chalicelib.core.rate_cards import Market, RateCard


def rate_card(**facts) -> RateCard:
    defaults = {
        "effective_from": date(2026, 10, 1),
        "currency": "USD",
        "markets": {"Mexico": Market(countries=("MX",), rates={"service": "0.0085"})},
    }
    return RateCard(**(defaults | facts))


def test_a_card_is_read_as_it_was_saved(stores):
    stores.rate_cards.save(rate_card(source="Meta, 2026-10-01"))
    assert stores.rate_cards.all() == (rate_card(source="Meta, 2026-10-01"),)


def test_a_card_of_the_same_day_and_currency_is_replaced(stores):
    stores.rate_cards.save(rate_card(source="before"))
    stores.rate_cards.save(rate_card(source="after"))
    assert [card.source for card in stores.rate_cards.all()] == ["after"]


def test_cards_are_told_by_day_and_currency(stores):
    days = (date(2027, 1, 1), date(2026, 10, 1))
    for day, currency in ((days[0], "EUR"), (days[1], "USD"), (days[1], "EUR")):
        stores.rate_cards.save(rate_card(effective_from=day, currency=currency))
    assert [card.version for card in stores.rate_cards.all()] == [
        "2026-10-01#EUR",
        "2026-10-01#USD",
        "2027-01-01#EUR",
    ]
