"""Where conversations are kept, what stands beside their rows, and their waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.core.contacts import Erased, Link
    from chalicelib.core.conversation import Conversation, Profile, Seen, Wait
    from chalicelib.core.events import Referral
    from chalicelib.core.frequency import Slot
    from chalicelib.core.handling import Handling
    from chalicelib.core.marketing_waits import MarketingWait
    from chalicelib.ports.values import ConversationPage


class Conversations(Protocol):
    def load(self, conversation_id: str, *, is_fresh: bool = False) -> Conversation | None:
        """The row as it stands, perhaps a moment old; or as it is now, at twice the price."""

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """For each of these the row that stands for its contact, as far as there is one."""

    def save(self, conversation: Conversation) -> Conversation | None:
        """Store it if the stored version is `conversation.version`, raising the version by one (0:
        no row yet). Returns None when stored, else the row that was in the way. A lost answer of
        our own write counts as stored."""

    def waiting(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        """Conversations with an open wait, the longest first."""

    def newest(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        """All conversations with a message or visit, the latest of a customer or person first."""

    def open_waits(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        """The open waits that opened on this local day."""

    def link(self, link: Link) -> None:
        """Keep a fact about two keys beside both rows; of the same pair and reason the better one
        stays (`contacts.is_better`)."""

    def links(self, conversation_id: str) -> tuple[Link, ...]:
        """The facts that name this key, oldest first, as they stand now."""

    def save_own(self, conversation: Conversation) -> None:
        """Keep what a key brings by itself, before its row takes in others or rests."""

    def own(self, conversation_id: str) -> Conversation | None: ...
    def see(
        self,
        conversation_id: str,
        *,
        delivered_until: datetime | None = None,
        read_until: datetime | None = None,
        free_until: datetime | None = None,
    ) -> None:
        """Raise a watermark; one write, no read, the highest stays."""

    def seen(self, conversation_id: str) -> Seen: ...
    def profile(self, conversation_id: str) -> Profile | None: ...
    def save_profile(self, conversation_id: str, profile: Profile) -> None: ...
    def save_referral(self, conversation_id: str, referral: Referral, at: datetime) -> None:
        """Keeps the earliest and the latest."""

    def referrals(self, conversation_id: str) -> dict[str, tuple[datetime, Referral]]:
        """ "first" and "latest", as far as known."""

    def slots(self, conversation_id: str) -> tuple[Slot, ...]:
        """The notifications to many that were counted of this contact, as they stand now."""

    def save_slots(
        self, conversation_id: str, before: tuple[Slot, ...], after: tuple[Slot, ...]
    ) -> bool:
        """Store `after` in place of `before`; False if something else is there."""

    def handling(self, conversation_id: str) -> Handling:
        """Who handles it, perhaps a moment old; of one that nobody handled, version 0."""

    def save_handling(self, conversation: Conversation, handling: Handling) -> Handling | None:
        """Store it if the stored version is its own, raising it. Returns None when stored, else
        what was in the way. A lost answer of our own write counts as stored."""

    def needing_person(
        self, channel_id: str, *, cursor: str | None, limit: int
    ) -> ConversationPage:
        """Conversations that need a person, the longest first. Raises ValueError (bad cursor)."""

    def hold_marketing(self, conversation_id: str, wait: MarketingWait) -> None:
        """Keep it beside the row; of two waits the one that began later stays."""

    def marketing_wait(self, conversation_id: str) -> MarketingWait | None: ...

    def forget(self, conversation_id: str, mark: Erased) -> None:
        """Remove the row and all that is beside it; only the mark stays."""

    def erased(self, conversation_id: str) -> Erased | None:
        """The mark, if its contact was erased."""


class Waits(Protocol):
    def record(self, wait: Wait) -> None:
        """Store a closed wait, overwriting the one with the same conversation and opening."""

    def remove(self, wait: Wait) -> None: ...
    def of_day(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        """The closed waits that opened on this local day, oldest first."""

    def of_conversation(
        self, channel_id: str, conversation_id: str, days: Iterable[str]
    ) -> tuple[Wait, ...]:
        """The closed waits of one conversation that opened on these local days, oldest first."""
