"""What kind of price a message on WhatsApp has, and by which rule. Amounts are the business's own
rate cards, by market and date; nothing here knows any.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum

from msgspec import Struct

from chalicelib.core.messaging_policy._rules import Rule, rule_for


class Price(StrEnum):
    """What is paid for one delivered message, or before 2025-07-01 for its conversation."""

    FREE_WINDOW = "free_window"  # because the customer wrote less than 24 hours ago
    FREE_ENTRY_POINT = "free_entry_point"  # because the customer came by an ad or button
    FREE_TIER = "free_tier"  # one of the number's free answers of the month
    EXEMPT = "exempt"  # the business need not pay for answers
    REGULAR = "regular"  # by the rate card
    UNKNOWN = "unknown"  # no rule says


class PriceClass(Struct, frozen=True):
    """The kind of price and the id of the rule it follows from."""

    price: Price
    rule: str | None = None


def price_class(
    *,
    on: date,
    category: str,
    is_in_window: bool,
    is_in_free_entry: bool = False,
    free_left: int | None = None,
    is_exempt: bool = False,
) -> PriceClass:
    """The kind of price of a message of that category (utility, marketing, authentication; service
    for anything but a template) on that day of the account's time zone. `free_left`: the number's
    free answers of the month; not known, the answer counts as paid."""
    at = datetime.combine(on, time(), UTC)
    rule = rule_for("whatsapp", "price", at)
    entry = rule_for("whatsapp", "free_entry_point", at)
    if rule is None:
        return PriceClass(Price.UNKNOWN)
    if entry and is_in_free_entry:
        return PriceClass(Price.FREE_ENTRY_POINT, entry.id)
    if is_in_window and category in rule.free_in_window:
        return PriceClass(Price.FREE_WINDOW, rule.id)
    if category == "service":
        return _answer(rule, at, free_left=free_left or 0, is_exempt=is_exempt)
    return PriceClass(Price.REGULAR, rule.id)


def _answer(rule: Rule, at: datetime, *, free_left: int, is_exempt: bool) -> PriceClass:
    exemption = rule_for("whatsapp", "price_exemption", at)
    if is_exempt and exemption:
        return PriceClass(Price.EXEMPT, exemption.id)
    if rule.count and free_left > 0:
        return PriceClass(Price.FREE_TIER, rule.id)
    return PriceClass(Price.REGULAR, rule.id)


def free_answers(on: date) -> int | None:
    """How many answers of a number are free in the calendar month of that day; None: no such limit
    holds then."""
    rule = rule_for("whatsapp", "price", datetime.combine(on, time(), UTC))
    return rule.count if rule else None
