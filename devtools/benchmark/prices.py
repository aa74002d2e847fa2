"""What AWS asks for what is used: a dated table, and the allowances that never end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

_TABLE = Path(__file__).with_name("prices.toml")

Usage = Mapping[str, float]  # id of a price -> how much in a month


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars for `per` pieces; `free` names the allowance that they are taken from first."""

    usd: float
    per: float
    source: str
    read: date
    free: str | None = None


class Allowance(Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces a month are free, of all that share the allowance, in the whole account."""

    amount: float
    source: str
    read: date


class PriceList(Struct, frozen=True, forbid_unknown_fields=True):
    """Of one region."""

    price: dict[str, Price]
    allowance: dict[str, Allowance]

    def listed(self, usage: Usage) -> dict[str, float]:
        """Dollars of each kind of use, nothing free. Raises KeyError for one without a price."""
        return {name: self._dollars(name, amount) for name, amount in usage.items()}

    def after_allowances(self, usage: Usage) -> dict[str, float]:
        """The same in an account that uses nothing else."""
        left = {name: each.amount for name, each in self.allowance.items()}
        billed: dict[str, float] = {}
        for name, amount in usage.items():
            free = self.price[name].free
            taken = min(amount, left[free]) if free else 0.0
            if free:
                left[free] -= taken
            billed[name] = self._dollars(name, amount - taken)
        return billed

    def _dollars(self, name: str, amount: float) -> float:
        price = self.price[name]
        return amount / price.per * price.usd


def load() -> PriceList:
    """The table of us-east-1. Raises msgspec.ValidationError, which names the field."""
    return msgspec.toml.decode(_TABLE.read_bytes(), type=PriceList)


def together(usages: Iterable[Usage]) -> dict[str, float]:
    """The sum, kind by kind."""
    total: dict[str, float] = {}
    for usage in usages:
        for name, amount in usage.items():
            total[name] = total.get(name, 0.0) + amount
    return total
