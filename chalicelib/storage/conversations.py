"""Conversations: the row of each, what stands beside it, the two orders they are listed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.core.contacts import Erased, Link
from chalicelib.core.conversation import Conversation, Profile, Seen, Wait
from chalicelib.core.events import Referral
from chalicelib.core.frequency import Slot
from chalicelib.core.handling import Handling
from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.ports import ConversationPage
from chalicelib.storage import _beside, _conversation_rows, _erasing, _handling, _newest, _waiting
from chalicelib.storage._active_days import ActiveDays
from chalicelib.storage._connection import refused_by
from chalicelib.storage._conversation_rows import ROW
from chalicelib.storage._models import BesideItem, ConversationItem, MessageItem
from chalicelib.storage._owner import new_owner


class Conversations:
    """Fulfils `ports.Conversations`."""

    def __init__(
        self,
        item: type[ConversationItem],
        beside: type[BesideItem],
        messages: type[MessageItem],
        days: ActiveDays,
    ) -> None:
        self._item, self._beside = item, beside
        self._messages, self._days = messages, days

    def load(self, conversation_id: str, *, is_fresh: bool = False) -> Conversation | None:
        """The row as it stands, perhaps a moment old; or as it is now, at twice the price."""
        try:
            row = self._item.get(conversation_id, ROW, consistent_read=is_fresh)
        except DoesNotExist:
            return None
        return _conversation_rows.read(row)

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """For each of these the row that stands for its contact, as far as there is one."""
        return _conversation_rows.load_leading(self._item, conversation_ids)

    def save(self, conversation: Conversation) -> Conversation | None:
        """Store it if the stored version is its own, raising it. None, or the row in the way."""
        row = _conversation_rows.write(self._item, conversation)
        row.version, row.written_by = conversation.version + 1, new_owner()
        known = ConversationItem.version == conversation.version
        try:
            row.save(known if conversation.version else ConversationItem.version.does_not_exist())
        except PutError as error:
            stored = refused_by(error, self._item)
        else:
            return None
        if stored is None:
            return replace(conversation, version=0)
        return None if stored.written_by == row.written_by else _conversation_rows.read(stored)

    def waiting(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        """Conversations with an open wait, the longest first. Raises ValueError (bad cursor)."""
        return _waiting.page(self._item, channel_id, cursor=cursor, limit=limit)

    def newest(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        """All conversations, the latest message of a customer or person first. Raises ValueError
        (bad cursor)."""
        walk = _newest.Walk(self._item, self._messages, self._days, channel_id)
        return walk.page(cursor=cursor, limit=limit)

    def open_waits(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        """The open waits that opened on this local day."""
        return _waiting.opened_on(self._item, channel_id, day)

    def link(self, link: Link) -> None:
        """Keep a fact about two keys beside both rows; the better one stays."""
        _beside.save_link(self._beside, link)

    def links(self, conversation_id: str) -> tuple[Link, ...]:
        """The facts that name this key, oldest first, as they stand now."""
        return _beside.links(self._beside, conversation_id)

    def save_own(self, conversation: Conversation) -> None:
        """Keep what a key brings by itself, before its row takes in others or rests."""
        self._beside(conversation.conversation_id, _beside.OWN, document=conversation).save()

    def own(self, conversation_id: str) -> Conversation | None:
        row = _beside.load(self._beside, conversation_id, _beside.OWN, is_fresh=True)
        return msgspec.convert(row.document, Conversation) if row else None

    def see(
        self,
        conversation_id: str,
        *,
        delivered_until: datetime | None = None,
        read_until: datetime | None = None,
        free_until: datetime | None = None,
    ) -> None:
        """Raise a watermark; one write, no read, the highest stays."""
        marks = Seen(delivered_until, read_until, free_until)
        for name, at in msgspec.structs.asdict(marks).items():
            if at:
                _beside.raise_mark(self._beside, conversation_id, name, at)

    def seen(self, conversation_id: str) -> Seen:
        row = _beside.load(self._beside, conversation_id, _beside.SEEN)
        if row is None:
            return Seen()
        return Seen(row.delivered_until, row.read_until, row.free_until)

    def profile(self, conversation_id: str) -> Profile | None:
        row = _beside.load(self._beside, conversation_id, _beside.PROFILE)
        return msgspec.convert(row.document, Profile) if row else None

    def save_profile(self, conversation_id: str, profile: Profile) -> None:
        self._beside(conversation_id, _beside.PROFILE, document=profile).save()

    def save_referral(self, conversation_id: str, referral: Referral, at: datetime) -> None:
        """Keeps the earliest and the latest."""
        _beside.save_referral(self._beside, conversation_id, referral, at)

    def referrals(self, conversation_id: str) -> dict[str, tuple[datetime, Referral]]:
        """ "first" and "latest", as far as known."""
        return _beside.referrals(self._beside, conversation_id)

    def slots(self, conversation_id: str) -> tuple[Slot, ...]:
        """The notifications to many that were counted of this contact, as they stand now."""
        return _beside.slots(self._beside, conversation_id)

    def save_slots(
        self, conversation_id: str, before: tuple[Slot, ...], after: tuple[Slot, ...]
    ) -> bool:
        """Store `after` in place of `before`; False if something else is there."""
        return _beside.save_slots(self._beside, conversation_id, before, after)

    def handling(self, conversation_id: str) -> Handling:
        """Who handles it, perhaps a moment old; of one that nobody handled, version 0."""
        return _handling.load(self._beside, conversation_id)

    def save_handling(self, conversation: Conversation, handling: Handling) -> Handling | None:
        """Store it if the stored version is its own, raising it. None, or what was in the way."""
        return _handling.save(self._beside, conversation, handling)

    def needing_person(
        self, channel_id: str, *, cursor: str | None, limit: int
    ) -> ConversationPage:
        """Conversations that need a person, the longest first. Raises ValueError (bad cursor)."""
        return _handling.page(self._item, channel_id, cursor=cursor, limit=limit)

    def hold_marketing(self, conversation_id: str, wait: MarketingWait) -> None:
        """Of two waits the one that began later stays."""
        _beside.hold_marketing(self._beside, conversation_id, wait)

    def marketing_wait(self, conversation_id: str) -> MarketingWait | None:
        return _beside.marketing_wait(self._beside, conversation_id)

    def forget(self, conversation_id: str, mark: Erased) -> None:
        """Remove the row and what is beside it; the mark stays."""
        _erasing.forget_conversation(self._beside, conversation_id, mark)

    def erased(self, conversation_id: str) -> Erased | None:
        row = _erasing.erased(self._beside, conversation_id)
        return msgspec.convert(row.document, Erased) if row else None
