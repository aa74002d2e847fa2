"""What a message on WhatsApp would cost if it were sent: the kind of price, from what is known
beforehand. What it did cost its statuses tell (`charges.py`)."""

from __future__ import annotations

from datetime import datetime, tzinfo

from msgspec import Struct

from chalicelib.core.messages import MessageKind
from chalicelib.core.messaging_policy import Question
from chalicelib.core.messaging_policy.prices import price_class


class ExpectedPrice(Struct, frozen=True):
    """Its category, the kind of price, the country (None: not known) and the rule that it follows
    from."""

    category: str
    price: str
    country: str | None
    rule: str | None


def expected_price(
    question: Question, *, zone: tzinfo, country: str | None, free_until: datetime | None
) -> ExpectedPrice:
    """Of what was asked about, on its day in the account's time zone; `country` of the recipient,
    if the question does not tell, and until when a free entry point makes all free. Without the
    number's free answers of the month, which are counted afterwards: an answer counts as paid."""
    at, ends = question.at, question.window_ends_at
    category = _category(question)
    found = price_class(
        on=at.astimezone(zone).date(),
        category=category,
        is_in_window=ends is not None and at < ends,
        is_in_free_entry=free_until is not None and at < free_until,
    )
    return ExpectedPrice(category, found.price.value, question.region or country, found.rule)


def _category(question: Question) -> str:
    return question.category or "unknown" if question.kind is MessageKind.TEMPLATE else "service"
