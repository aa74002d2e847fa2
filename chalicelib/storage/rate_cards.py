"""Rate cards, beside the reports: one item for each day and currency."""

from __future__ import annotations

import msgspec

from chalicelib.core.rate_cards import RateCard
from chalicelib.storage._models import ReportItem

_CARDS = "rate_cards"  # in place of a channel: all channels share them


class RateCards:
    """Fulfils `ports.RateCards`."""

    def __init__(self, item: type[ReportItem]) -> None:
        self._item = item

    def save(self, card: RateCard) -> None:
        """In place of the one of the same day and currency."""
        self._item(_CARDS, card.version, document=card).save()

    def all(self) -> tuple[RateCard, ...]:
        """By day, then currency."""
        return tuple(msgspec.convert(row.document, RateCard) for row in self._item.query(_CARDS))
