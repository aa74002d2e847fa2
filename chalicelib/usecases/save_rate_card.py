"""Load a rate card: amounts are the business's own to tell."""

from __future__ import annotations

from chalicelib.core.rate_cards import RateCard, problems
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import InvalidInput


def run(card: RateCard, rt: Runtime) -> RateCard:
    """Store it in place of the one of the same day and currency. Raises InvalidInput."""
    for field, expected in problems(card):
        raise InvalidInput(field, expected)
    rt.rate_cards.save(card)
    return card
