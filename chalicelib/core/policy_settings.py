"""What a business decides where Meta's rules leave room, and what its replies may cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.core.messages import Origin

LONGEST_AD_WINDOW_DAYS = 7  # messenger-platform/policy, 2026-09-28: "up to 7 days"


class PolicySettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`margin_minutes`: how long before its end a permission is no longer used by automations and
    campaigns, as a send takes a while and clocks differ; a person sees what happens and has none.
    `ad_window_days`: how long a click on an ad that leads to a message opens the window since
    2026-09-28. `refuse_marketing_when_stale`: whether rules that nobody has compared with Meta's
    pages for 180 days stop marketing."""

    margin_minutes: Annotated[int, Meta(ge=0, le=60)] = 5
    ad_window_days: Annotated[int, Meta(ge=1, le=LONGEST_AD_WINDOW_DAYS)] = 1
    refuse_marketing_when_stale: bool = False

    def margin(self, origin: Origin) -> timedelta:
        return timedelta() if origin is Origin.PERSON else timedelta(minutes=self.margin_minutes)


class Budget(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a WhatsApp number may spend in a calendar month before its automations rest: so many
    paid service messages, an amount in a currency of the rate cards, or whichever comes first."""

    paid_service_messages: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    amount: Annotated[str, Meta(max_length=20)] | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None


def problems(budget: Budget | None, platform: str) -> Iterator[tuple[str, str]]:
    """The fields at fault and what was expected."""
    if budget is None:
        return
    if platform != "whatsapp":
        yield "budget", "nothing: only messages on WhatsApp cost money"
    if budget.paid_service_messages is None and budget.amount is None:
        yield "budget", "paid_service_messages, an amount with its currency, or both"
    if (budget.amount is None) != (budget.currency is None):
        yield "budget.currency", "a currency such as USD beside an amount, and only there"
    if budget.amount is not None and amount_of(budget.amount) is None:
        yield "budget.amount", 'a decimal number from 0 as text, such as "150.00"'


def amount_of(text: str) -> Decimal | None:
    """The amount that a text tells; None: it tells none."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
