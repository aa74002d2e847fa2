"""What a WhatsApp number's messages cost in a calendar month: arithmetic on what was counted of its
days, by the rate cards that held then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from chalicelib.core.charges import REGULAR, UNKNOWN, parts
from chalicelib.core.messaging_policy.prices import free_answers
from chalicelib.core.policy_settings import Budget, amount_of
from chalicelib.core.rate_cards import Rate, RateCard, card_for, dearest, rate_for

SERVICE, FREE_SERVICE = "service", "free_customer_service"
_CENT = Decimal("0.01")
_NOTHING = Decimal(0)


class DayCharges(Struct, frozen=True):
    """How many messages of a local day have each `Charge.key`."""

    day: date
    counts: Mapping[str, int]


class Line(Struct, frozen=True, kw_only=True):
    """Messages of the same price. `amount` is None where no rate card knows the price: such
    messages are not free. `saved`: what they would have cost, of free ones."""

    category: str
    kind: str
    country: str | None
    market: str | None
    card: str | None
    messages: int
    amount: str | None
    saved: str | None


class Costs(Struct, frozen=True, kw_only=True):
    """A month's bill as far as it is known. Amounts are decimal numbers as text, in `currency`,
    rounded to the cent; `unpriced` messages are in none of them. `free_left`: of the free answers
    of the month; None where no such limit holds."""

    currency: str | None
    amount: str
    saved: str
    unpriced: int
    paid_service_messages: int
    free_service_messages: int
    free_left: int | None
    lines: tuple[Line, ...]


class MonthCosts(Struct, frozen=True, kw_only=True):
    """The costs of a local month, YYYY-MM, up to now. `missing_days` are not in them: they have not
    been counted. `is_budget_reached`: automations rest until the month is over."""

    channel_id: str
    month: str
    costs: Costs
    missing_days: list[str]
    is_budget_reached: bool


class _Item(Struct, frozen=True):
    """Messages of one day and key, with the rate of that day."""

    key: str
    number: int
    rate: Rate | None

    @property
    def is_free(self) -> bool:
        kind = parts(self.key)[1]
        return kind not in (REGULAR, UNKNOWN)

    @property
    def total(self) -> Decimal:
        return self.rate.amount * self.number if self.rate else _NOTHING


def costs(
    days: Iterable[DayCharges], cards: Iterable[RateCard], currency: str | None, *, month: date
) -> Costs:
    """The bill of these days, of the month that begins on `month`."""
    items = _items(tuple(days), tuple(cards), currency)
    paid = [item for item in items if not item.is_free]
    free = [item for item in items if item.is_free]
    used = _number(items, SERVICE, FREE_SERVICE)
    limit = free_answers(month)
    return Costs(
        currency=currency,
        amount=_cents(sum((item.total for item in paid), _NOTHING)),
        saved=_cents(sum((item.total for item in free), _NOTHING)),
        unpriced=sum(item.number for item in paid if item.rate is None),
        paid_service_messages=_number(items, SERVICE, REGULAR),
        free_service_messages=used,
        free_left=None if limit is None else max(limit - used, 0),
        lines=_lines(items),
    )


def is_reached(
    budget: Budget, known: Costs, unread: int, cards: Iterable[RateCard], *, day: date
) -> bool:
    """Whether the month's budget is used up. `unread` messages went out since the days that were
    counted: they are taken for answers, and beyond the free ones for the dearest there are."""
    free_left = known.free_left or 0
    paid = max(unread - free_left, 0) if known.free_left is not None else 0
    is_next_free = unread < free_left
    most, spent = budget.paid_service_messages, known.paid_service_messages + paid
    if most is not None and _is_used_up(Decimal(most), Decimal(spent), is_next_free):
        return True
    limit = amount_of(budget.amount) if budget.amount is not None else None
    if limit is None or budget.currency is None:
        return False
    each = dearest(card_for(cards, budget.currency, day), SERVICE) or _NOTHING
    return _is_used_up(limit, Decimal(known.amount) + paid * each, is_next_free)


def _is_used_up(limit: Decimal, spent: Decimal, is_next_free: bool) -> bool:
    """A budget of nothing is used up by the last of the free answers."""
    return spent >= limit and not (spent == 0 and is_next_free)


def _items(
    days: tuple[DayCharges, ...], cards: tuple[RateCard, ...], currency: str | None
) -> list[_Item]:
    found = []
    for each in days:
        card = card_for(cards, currency, each.day) if currency else None
        for key, number in sorted(each.counts.items()):
            category, _, country = parts(key)
            found.append(_Item(key, number, rate_for(card, country, category)))
    return found


def _number(items: Iterable[_Item], category: str, kind: str) -> int:
    return sum(item.number for item in items if parts(item.key)[:2] == (category, kind))


def _lines(items: list[_Item]) -> tuple[Line, ...]:
    """One for each key and card: a month may have two."""
    messages: Counter[tuple[str, Rate | None]] = Counter()
    for item in items:
        messages[item.key, item.rate] += item.number
    lines = (_line(_Item(key, number, rate)) for (key, rate), number in messages.items())
    return tuple(sorted(lines, key=lambda line: (line.category, line.kind, line.country or "")))


def _line(item: _Item) -> Line:
    category, kind, country = parts(item.key)
    amount = None if item.rate is None else _cents(_NOTHING if item.is_free else item.total)
    return Line(
        category=category,
        kind=kind,
        country=country,
        market=item.rate.market if item.rate else None,
        card=item.rate.card if item.rate else None,
        messages=item.number,
        amount=_cents(_NOTHING) if item.is_free else amount,
        saved=_cents(item.total) if item.is_free and item.rate else None,
    )


def _cents(amount: Decimal) -> str:
    return str(amount.quantize(_CENT, ROUND_HALF_UP))
