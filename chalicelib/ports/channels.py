"""Where channels are kept, who may call us, how fast channels send and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.core.access import ApiKey
    from chalicelib.core.channel import ChannelSettings
    from chalicelib.core.rate_cards import RateCard
    from chalicelib.core.rate_limits import Ask, Grant


class Channels(Protocol):
    def load(self, channel_id: str, *, is_fresh: bool = False) -> ChannelSettings | None:
        """At most 30 seconds old, or as it is now."""

    def save(self, channel: ChannelSettings) -> bool:
        """Store this version in place of the one before it (version 1: nothing yet). False if
        another is there: of two editors one wins. A lost answer of our own write counts as
        stored."""

    def all(self) -> tuple[ChannelSettings, ...]: ...
    def stop_sending(self, channel_id: str, *, reason: str, at: datetime) -> None:
        """The access token is dead: hold what is to be sent, go on receiving."""

    def is_stopped(self, channel_id: str) -> bool:
        """By us, or blocked by the platform."""

    def stopped_because(self, channel_id: str) -> str | None:
        """The reason of `stop_sending`; None: sending is not stopped."""

    def resume_sending(self, channel_id: str) -> None: ...
    def tell_block(self, channel_id: str, reason: str | None, at: datetime) -> None:
        """The platform blocks the channel for this reason, or (None) does so no more. The latest
        notice counts, in whatever order they come; of the same moment, the block."""

    def blocked_because(self, channel_id: str) -> str | None:
        """The reason of the block, at most 30 seconds old; None: there is none."""

    def note_budget(self, channel_id: str, month: str | None) -> None:
        """In which local month, YYYY-MM, the channel reached its budget; None: it did not."""

    def budget_reached_in(self, channel_id: str) -> str | None:
        """At most 30 seconds old."""


class ApiKeys(Protocol):
    """Who may call the HTTP API. Not part of `Runtime`: only those who manage keys ask."""

    def find(self, key_hash: str) -> ApiKey | None:
        """The secret with this hash, at most 60 seconds old; None for one that we did not issue.
        Whether it is good is for the caller to ask."""

    def all(self) -> tuple[ApiKey, ...]:
        """Every secret that we issued, good or not: a key that was rotated has several."""

    def add(self, key: ApiKey) -> None: ...
    def rotate(self, old: ApiKey, new: ApiKey, until: datetime) -> bool:
        """Put the new secret in place of the old one, which is good until then. False if the old
        one was replaced or revoked meanwhile."""

    def revoke(self, secrets: Sequence[ApiKey], at: datetime, witness: ApiKey | None) -> bool:
        """Take these secrets back while the witness stays good. False if one of them, or the
        witness, has changed since it was read."""


class Rates(Protocol):
    """How fast all containers together send, one row for each limit (`core/rate_limits.py`)."""

    def lease(self, ask: Ask, at: datetime) -> Grant:
        """As many of the tokens as there are, perhaps none; nobody else gets the same. A lost
        answer of our own write counts as granted."""

    def pause(self, key: str, until: datetime) -> None:
        """No tokens until then; a longer pause stays."""

    def slow_down(self, key: str, share: float, until: datetime) -> None:
        """Tell whoever leases to use only this share of the rate; the latest word counts."""


class RateCards(Protocol):
    """What WhatsApp asks for messages, as the business loaded it."""

    def save(self, card: RateCard) -> None:
        """In place of the one of the same day and currency."""

    def all(self) -> tuple[RateCard, ...]:
        """By day, then currency."""
