"""What WhatsApp charges for: of each message of ours the facts by which it is priced.

Rules: WhatsApp, pricing (2025-12-10; 2026-10-02) and webhooks, statuses (2025-11-19): a price comes
with `sent` and with one of `delivered` and `read`; only what was delivered is charged. Before
2025-07-01 a conversation of 24 hours was charged, by its category, and no single message
(`pricing_model` CBP).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from chalicelib.core.messages import AUTHOR_OF, Message, Status

OURS = frozenset(AUTHOR_OF.values())  # what others sent, others pay
REGULAR = "regular"
FREE = "free"  # where the platform only says that it is not billable
UNKNOWN = "unknown"
CONVERSATION_LENGTH = timedelta(hours=24)
_BY_CONVERSATION = "CBP"
_ARRIVED = (Status.DELIVERED, Status.READ, Status.PLAYED)
_PRICED = (*_ARRIVED, Status.SENT)
# Words for the same rate; "authentication-international" is also seen with an underscore.
_CATEGORIES = {
    "authentication-international": "authentication_international",
    "marketing_lite": "marketing",
    "group_marketing": "marketing",
    "group_utility": "utility",
    "group_service": "service",
    "referral_conversion": "service",  # a free entry point; what it would have cost at least
}


class Charge(Struct, frozen=True, kw_only=True):
    """A message that arrived. `category`: marketing, utility, authentication, service ...; `kind`:
    regular, free_customer_service, free_entry_point ...; `country` of the recipient, ISO."""

    conversation_id: str
    message_id: str
    at: datetime  # when it arrived, as far as the platform told
    category: str = UNKNOWN
    kind: str = UNKNOWN
    country: str | None = None
    is_by_conversation: bool = False

    @property
    def key(self) -> str:
        """What it is counted as: `key_of` and `parts` are each other's way back."""
        return key_of(self.category, self.kind, self.country)


def key_of(category: str, kind: str, country: str | None) -> str:
    return f"{category}/{kind}/{country or '-'}"


def parts(key: str) -> tuple[str, str, str | None]:
    category, kind, country = key.split("/")
    return category, kind, None if country == "-" else country


def charge_of(message: Message, *, as_of: datetime) -> Charge | None:
    """The charge that the statuses up to `as_of` tell; None: it did not arrive, or is not ours."""
    told = {name: at for name, at in message.statuses.items() if at <= as_of}
    arrived = [told[status] for status in _ARRIVED if status in told]
    if message.author not in OURS or not arrived:
        return None
    facts = _price_facts(message, told)
    pricing = facts.get("pricing") or {}
    return Charge(
        conversation_id=message.conversation_id,
        message_id=message.message_id,
        at=min(arrived),
        category=_category(pricing),
        kind=_kind(pricing),
        country=facts.get("country"),
        is_by_conversation=pricing.get("pricing_model") == _BY_CONVERSATION,
    )


def _price_facts(message: Message, told: Collection[str]) -> dict[str, Any]:
    """Of the statuses that were told the first that names a price."""
    named = (message.status_facts.get(status, {}) for status in _PRICED if status in told)
    return next((facts for facts in named if "pricing" in facts), {})


def billed(charges: Iterable[Charge]) -> Iterator[Charge]:
    """What is on the bill: each message, or of those charged by conversation the first of each
    category in 24 hours."""
    opened: dict[tuple[str, str], datetime] = {}
    for charge in sorted(charges, key=lambda each: (each.at, each.message_id)):
        place = (charge.conversation_id, charge.category)
        began = opened.get(place)
        if not charge.is_by_conversation or began is None or _is_over(began, charge.at):
            opened[place] = charge.at
            yield charge


def _is_over(began: datetime, at: datetime) -> bool:
    return at >= began + CONVERSATION_LENGTH


def _category(pricing: dict[str, Any]) -> str:
    word = _word(pricing.get("category"))
    return _CATEGORIES.get(word, word)


def _kind(pricing: dict[str, Any]) -> str:
    """`billable` is announced to go away, and `type` came with 2025-07-01."""
    if pricing.get("type"):
        return _word(pricing["type"])
    billable = pricing.get("billable")
    return (
        {True: REGULAR, False: FREE}.get(billable, UNKNOWN) if type(billable) is bool else UNKNOWN
    )


def _word(value: Any) -> str:
    """The platform's word; one that could not be a part of a key is none."""
    is_word = isinstance(value, str) and value.replace("_", "").replace("-", "").isalnum()
    return value.lower() if is_word else UNKNOWN
