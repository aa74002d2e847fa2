"""The fakes of Conversations and Waits: rows in memory, under a lock."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from threading import RLock

from msgspec.structs import replace

from chalicelib.core import ids
from chalicelib.core.contacts import Erased, Key, Link, is_better
from chalicelib.core.conversation import Conversation, Profile, Seen, Wait
from chalicelib.core.events import Referral
from chalicelib.core.frequency import Slot
from chalicelib.core.handling import Handling
from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.ports import ConversationPage


class FakeConversations:
    def __init__(self) -> None:
        self.rows: dict[str, Conversation] = {}
        self._profiles: dict[str, Profile] = {}
        self._seen: dict[str, Seen] = {}
        self._referrals: dict[str, dict[str, tuple[datetime, Referral]]] = {}
        self._links: dict[tuple[str, str, frozenset[Key]], Link] = {}
        self._own: dict[str, Conversation] = {}
        self._erased: dict[str, Erased] = {}
        self._slots: dict[str, tuple[Slot, ...]] = {}
        self._handling: dict[str, Handling] = {}
        self._channel_of: dict[str, str] = {}
        self._marketing: dict[str, MarketingWait] = {}
        self._lock = RLock()

    def load(self, conversation_id: str, *, is_fresh: bool = False) -> Conversation | None:
        return self.rows.get(conversation_id)

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        found = {i: self._leading(i) for i in conversation_ids}
        return {i: row for i, row in found.items() if row}

    def _leading(self, conversation_id: str) -> Conversation | None:
        row = self.rows.get(conversation_id)
        while row and row.merged_into:
            leader = ids.conversation_id(row.platform, row.channel_id, row.merged_into)
            row = self.rows.get(leader)
        return row

    def save(self, conversation: Conversation) -> Conversation | None:
        with self._lock:
            stored = self.rows.get(conversation.conversation_id)
            if (stored.version if stored else 0) != conversation.version:
                return stored or replace(conversation, version=0)
            saved = replace(conversation, version=conversation.version + 1)
            self.rows[conversation.conversation_id] = saved
            return None

    def waiting(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        waiting = [c for c in self._of(channel_id) if c.wait_opened_at]
        return _page(
            sorted(waiting, key=lambda c: (c.wait_opened_at, c.conversation_id)), cursor, limit
        )

    def newest(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        rows = [c for c in self._of(channel_id) if c.merged_into is None]
        dated = [(_last_at(c), c.conversation_id, c) for c in rows if _last_at(c)]
        return _page([c for *_, c in sorted(dated, reverse=True)], cursor, limit)

    def open_waits(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        rows = [c for c in self._of(channel_id) if c.wait_opened_at and c.wait_day == day]
        waits = [
            Wait(
                conversation_id=c.conversation_id,
                channel_id=channel_id,
                day=day,
                opened_at=c.wait_opened_at,
            )
            for c in rows
        ]
        return tuple(sorted(waits, key=lambda w: (w.opened_at, w.conversation_id)))

    def link(self, link: Link) -> None:
        for key in (link.first, link.second):
            with self._lock:
                place = (key.conversation_id, link.why, link.pair)
                known = self._links.get(place)
                if known is None or is_better(link, known):
                    self._links[place] = link

    def links(self, conversation_id: str) -> tuple[Link, ...]:
        with self._lock:
            known = list(self._links.items())
        return tuple(sorted(link for place, link in known if place[0] == conversation_id))

    def save_own(self, conversation: Conversation) -> None:
        self._own[conversation.conversation_id] = conversation

    def own(self, conversation_id: str) -> Conversation | None:
        return self._own.get(conversation_id)

    def see(
        self,
        conversation_id: str,
        *,
        delivered_until: datetime | None = None,
        read_until: datetime | None = None,
        free_until: datetime | None = None,
    ) -> None:
        seen = self.seen(conversation_id)
        self._seen[conversation_id] = Seen(
            delivered_until=_latest(seen.delivered_until, delivered_until),
            read_until=_latest(seen.read_until, read_until),
            free_until=_latest(seen.free_until, free_until),
        )

    def seen(self, conversation_id: str) -> Seen:
        return self._seen.get(conversation_id, Seen())

    def profile(self, conversation_id: str) -> Profile | None:
        return self._profiles.get(conversation_id)

    def save_profile(self, conversation_id: str, profile: Profile) -> None:
        self._profiles[conversation_id] = profile

    def save_referral(self, conversation_id: str, referral: Referral, at: datetime) -> None:
        known = self._referrals.setdefault(conversation_id, {})
        if "first" not in known or at < known["first"][0]:
            known["first"] = (at, referral)
        if "latest" not in known or at > known["latest"][0]:
            known["latest"] = (at, referral)

    def referrals(self, conversation_id: str) -> dict[str, tuple[datetime, Referral]]:
        return dict(self._referrals.get(conversation_id, {}))

    def handling(self, conversation_id: str) -> Handling:
        return self._handling.get(conversation_id, Handling())

    def save_handling(self, conversation: Conversation, handling: Handling) -> Handling | None:
        with self._lock:
            stored = self.handling(conversation.conversation_id)
            if stored.version != handling.version:
                return stored
            saved = replace(handling, version=handling.version + 1)
            self._handling[conversation.conversation_id] = saved
            self._channel_of[conversation.conversation_id] = conversation.channel_id
            return None

    def needing_person(
        self, channel_id: str, *, cursor: str | None, limit: int
    ) -> ConversationPage:
        flagged = sorted(
            (handling.needs_person_since, each)
            for each, handling in self._handling.items()
            if handling.needs_person_since and self._channel_of[each] == channel_id
        )
        found = [self._leading(each) for _, each in flagged]
        return _page([row for row in found if row], cursor, limit)

    def hold_marketing(self, conversation_id: str, wait: MarketingWait) -> None:
        known = self._marketing.get(conversation_id)
        if known is None or known.since < wait.since:
            self._marketing[conversation_id] = wait

    def marketing_wait(self, conversation_id: str) -> MarketingWait | None:
        return self._marketing.get(conversation_id)

    def slots(self, conversation_id: str) -> tuple[Slot, ...]:
        return self._slots.get(conversation_id, ())

    def save_slots(
        self, conversation_id: str, before: tuple[Slot, ...], after: tuple[Slot, ...]
    ) -> bool:
        with self._lock:
            if self.slots(conversation_id) != before:
                return self.slots(conversation_id) == after
            self._slots[conversation_id] = after
            return True

    def forget(self, conversation_id: str, mark: Erased) -> None:
        with self._lock:
            self._erased[conversation_id] = mark
            rows = (self.rows, self._profiles, self._seen, self._referrals, self._own)
            for known in (*rows, self._slots, self._handling, self._marketing):
                known.pop(conversation_id, None)
            beside = [place for place in self._links if place[0] == conversation_id]
            for place in beside:
                del self._links[place]

    def erased(self, conversation_id: str) -> Erased | None:
        return self._erased.get(conversation_id)

    def _of(self, channel_id: str) -> list[Conversation]:
        return [c for c in self.rows.values() if c.channel_id == channel_id]


class FakeWaits:
    def __init__(self) -> None:
        self._waits: dict[tuple[str, datetime], Wait] = {}

    @property
    def all(self) -> tuple[Wait, ...]:
        return tuple(sorted(self._waits.values(), key=lambda w: (w.opened_at, w.conversation_id)))

    def record(self, wait: Wait) -> None:
        self._waits[wait.conversation_id, wait.opened_at] = wait

    def remove(self, wait: Wait) -> None:
        self._waits.pop((wait.conversation_id, wait.opened_at), None)

    def of_day(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        return tuple(w for w in self.all if (w.channel_id, w.day) == (channel_id, day))

    def of_conversation(
        self, channel_id: str, conversation_id: str, days: Iterable[str]
    ) -> tuple[Wait, ...]:
        known = set(days)
        its_own = [w for w in self.all if w.conversation_id == conversation_id]
        return tuple(w for w in its_own if w.channel_id == channel_id and w.day in known)


def _last_at(conversation: Conversation) -> datetime | None:
    return conversation.last_moved_at


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time), default=None)


def _page(rows: list[Conversation], cursor: str | None, limit: int) -> ConversationPage:
    start = _offset(cursor)
    following = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
    return ConversationPage(
        tuple(rows[start : start + limit]), following if start + limit < len(rows) else None
    )


def _offset(cursor: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor or "")) if cursor else 0
    except (ValueError, binascii.Error):
        raise ValueError("cursor") from None
