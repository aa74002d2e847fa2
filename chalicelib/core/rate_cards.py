"""Rate cards: what WhatsApp asks for a message, by market and category, as the business loaded it.

Amounts change on the first of a quarter (WhatsApp, pricing, 2025-12-10) and are nobody's to guess:
a market or category that no card has is unknown, never free. Volume tiers are not known: what they
save is not deducted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.core.policy_settings import amount_of

_NAME = Annotated[str, Meta(min_length=1, max_length=100)]
_COUNTRY = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
_CATEGORY = Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
_AMOUNT = Annotated[str, Meta(max_length=20)]


class Market(Struct, frozen=True, kw_only=True):
    """Countries with the same rates: category -> amount of one message as text."""

    countries: Annotated[tuple[_COUNTRY, ...], Meta(min_length=1, max_length=300)]
    rates: Annotated[dict[_CATEGORY, _AMOUNT], Meta(min_length=1, max_length=20)]


class RateCard(Struct, frozen=True, kw_only=True):
    """The rates of a currency from a day on, until the next card of that currency."""

    effective_from: date
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    markets: Annotated[dict[_NAME, Market], Meta(min_length=1, max_length=300)]
    source: Annotated[str, Meta(max_length=300)] | None = None

    @property
    def version(self) -> str:
        """Its name: a later card of the same day and currency replaces it."""
        return f"{self.effective_from.isoformat()}#{self.currency}"


class Rate(Struct, frozen=True):
    """What one message costs, by which card and market."""

    amount: Decimal
    market: str
    card: str


def card_for(cards: Iterable[RateCard], currency: str, day: date) -> RateCard | None:
    """The card of this currency that holds on that day."""
    begun = [card for card in cards if card.currency == currency and card.effective_from <= day]
    return max(begun, key=lambda card: card.effective_from, default=None)


def rate_for(card: RateCard | None, country: str | None, category: str) -> Rate | None:
    """What a message of this category to that country costs; None: nobody knows."""
    if card is None or country is None:
        return None
    for name, market in card.markets.items():
        if country in market.countries and category in market.rates:
            amount = amount_of(market.rates[category])
            return None if amount is None else Rate(amount, name, card.version)
    return None


def dearest(card: RateCard | None, category: str) -> Decimal | None:
    """The highest rate of this category on the card."""
    markets = card.markets.values() if card else ()
    known = [amount_of(market.rates[category]) for market in markets if category in market.rates]
    return max((amount for amount in known if amount is not None), default=None)


def problems(card: RateCard) -> Iterator[tuple[str, str]]:
    """The fields at fault and what was expected."""
    taken: set[str] = set()
    for name, market in card.markets.items():
        if taken & set(market.countries):
            yield f"markets.{name}.countries", "countries that no other market has"
        taken |= set(market.countries)
        for category, amount in market.rates.items():
            if amount_of(amount) is None:
                yield (
                    f"markets.{name}.rates.{category}",
                    'a number from 0 as text, such as "0.0085"',
                )
