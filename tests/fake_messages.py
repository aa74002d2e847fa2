"""The fake of Messages: rows and facts about them, merged when read as storage does it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import decisions
from chalicelib.core.messages import Author, Listing, Message, MessageFact, State, Status
from chalicelib.ports import MessagePage
from chalicelib.storage import _message_rows


class _Facts(Struct):
    """What is known under one message id: perhaps before the message itself."""

    row: Message | None = None
    edit: tuple[datetime, str] | None = None
    deleted_at: datetime | None = None
    customer_reaction: tuple[datetime, str] | None = None
    business_reaction: tuple[datetime, str] | None = None
    ledger: frozenset[str] = frozenset()
    statuses: dict[str, tuple[datetime, str | None, dict[str, Any] | None]] = {}


class FakeMessages:
    def __init__(self) -> None:
        self._facts: dict[tuple[str, str], _Facts] = {}
        self._lock = RLock()
        self.raw: dict[tuple[str, str], bytes] = {}
        self._listed: dict[tuple[str, str], tuple[State, str, tuple[bool, datetime]]] = {}

    @property
    def all(self) -> tuple[Message, ...]:
        """Every row of every conversation, oldest first: for assertions."""
        conversations = dict.fromkeys(key[0] for key in self._facts)
        rows = [row for conversation in conversations for row in self.history(conversation)]
        return tuple(sorted(rows, key=lambda row: (row.occurred_at, row.message_id)))

    def record(self, message: Message) -> bool:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row:
                return False
            facts.row = _without_content(message) if facts.deleted_at else message
            return True

    def edit(self, conversation_id: str, message_id: str, text: str | None, at: datetime) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            facts.edit = max(facts.edit or (at, ""), (at, text or ""))

    def delete(self, conversation_id: str, message_id: str, at: datetime) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            facts.deleted_at = min(facts.deleted_at or at, at)
            for stored in (facts, self._ours(conversation_id, message_id)):
                if stored and stored.row:
                    stored.row = _without_content(stored.row)

    def react(
        self,
        conversation_id: str,
        message_id: str,
        *,
        emoji: str | None,
        is_by_business: bool,
        at: datetime,
    ) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            name = "business_reaction" if is_by_business else "customer_reaction"
            setattr(facts, name, max(getattr(facts, name) or (at, ""), (at, emoji or "")))

    def status(
        self,
        conversation_id: str,
        message_id: str,
        status: Status,
        at: datetime,
        *,
        failure: str | None = None,
        facts: dict[str, Any] | None = None,
        listing: Listing | None = None,
    ) -> Message | None:
        with self._lock:
            known = self._of(conversation_id, message_id)
            if listing and str(status) not in known.statuses:
                self._list(conversation_id, message_id, State.FAILED, listing)
            told = (at, failure, facts)
            if _is_news(told, known.statuses.get(str(status))):
                text = _message_rows.dated_status(*told)
                known.ledger |= {decisions.status(at, status, text, failure)}
            known.statuses = _earliest(known.statuses, {str(status): told})
            return _view(known, _Facts())

    def load(self, conversation_id: str, message_id: str) -> Message | None:
        with self._lock:
            facts = self._facts.get((conversation_id, message_id))
            return _view(facts, _Facts()) if facts else None

    def load_now(self, conversation_id: str, message_id: str) -> Message | None:
        return self.load(conversation_id, message_id)

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        with self._lock:
            mine = {
                key[1]: facts for key, facts in self._facts.items() if key[0] == conversation_id
            }
            merged_in = {f.row.platform_message_id for f in mine.values() if f.row}
            rows = [self._merged(facts) for i, facts in mine.items() if i not in merged_in]
        shown = [row for row in rows if row]
        return tuple(sorted(shown, key=lambda row: (row.occurred_at, row.message_id)))

    def reclassify(self, message: Message, author: Author) -> None:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            facts.row = replace(facts.row or message, author=author)

    def plan(self, message: Message) -> Message:
        return self._store(message, State.PLANNED, over=frozenset())

    def refuse(self, message: Message) -> Message:
        return self._store(message, State.REFUSED, over=frozenset({State.PLANNED}))

    def claim(self, message: Message) -> Message | None:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row and facts.row.state is not State.PLANNED:
                return self._merged(facts)
            facts.row = replace(message, state=State.CLAIMED, due_at=None)
            facts.ledger |= {*message.ledger}
            lease, again = message.lease_until, message.tries > 0 or message.resend_of
            listing = Listing(message.channel_id, lease, lease) if lease and again else None
            self._list(message.conversation_id, message.message_id, State.UNKNOWN, listing)
            return None

    def settle(
        self,
        conversation_id: str,
        message_id: str,
        state: State,
        *,
        platform_message_id: str | None = None,
        failure: str | None = None,
        due_at: datetime | None = None,
        listing: Listing | None = None,
        entry: str | None = None,
    ) -> Message | None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            row = facts.row
            if row is None or not _may_become(row.state, state):
                return row
            facts.ledger |= {entry} if entry else set()
            if state is not State.SENT or "failed" not in facts.statuses:
                self._list(conversation_id, message_id, state, listing)
            facts.row = replace(
                row,
                state=state,
                platform_message_id=platform_message_id or row.platform_message_id,
                failure=failure,
                due_at=due_at,
                lease_until=None,
            )
            return _view(facts, _Facts())

    def gone_wrong(
        self, channel_id: str, state: State, *, cursor: str | None, limit: int
    ) -> MessagePage:
        found = [(at, *key) for key, at in self._entries(channel_id, state)]
        entries = sorted(found, key=lambda entry: entry[0], reverse=True)
        start = int(cursor or 0)
        rows = [self.load(*key) for _, *key in entries[start : start + limit]]
        following = str(start + limit) if start + limit < len(entries) else None
        return MessagePage(tuple(row for row in rows if row), following)

    def to_look_for(
        self, channel_id: str, *, before: datetime, limit: int
    ) -> tuple[tuple[str, str], ...]:
        entries = sorted((at, key) for key, at in self._entries(channel_id, State.UNKNOWN))
        return tuple(key for (never, at), key in entries if not never and at <= before)[:limit]

    def mark_resent(self, conversation_id: str, message_id: str, attempt_id: str) -> Message | None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            row = facts.row
            is_proved = row and row.state is State.SENT and "failed" not in facts.statuses
            if row and not is_proved and row.resent_as in (None, attempt_id):
                facts.row = replace(row, resent_as=attempt_id)
                self._listed.pop((conversation_id, message_id), None)
            return self._merged(facts)

    def _list(
        self, conversation_id: str, message_id: str, state: State, listing: Listing | None
    ) -> None:
        self._listed.pop((conversation_id, message_id), None)
        if listing is None or state not in (State.FAILED, State.UNKNOWN):
            return
        at = (False, listing.at)
        if state is State.UNKNOWN:
            at = (listing.look_at is None, listing.look_at or listing.at)
        self._listed[conversation_id, message_id] = state, listing.channel_id, at

    def _entries(
        self, channel_id: str, state: State
    ) -> list[tuple[tuple[str, str], tuple[bool, datetime]]]:
        with self._lock:
            listed = list(self._listed.items())
        return [(key, at) for key, (*which, at) in listed if which == [state, channel_id]]

    def postpone(self, message: Message, due_at: datetime) -> None:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row and facts.row.state is State.PLANNED:
                facts.row = replace(facts.row, due_at=due_at)

    def keep_raw(self, conversation_id: str, event_id: str, raw: bytes, at: datetime) -> None:
        self.raw[conversation_id, event_id] = raw

    def due(self, channel_id: str, *, before: datetime) -> Iterator[tuple[str, str]]:
        rows = [r for r in self._rows() if r.state is State.PLANNED and r.due_at]
        late = sorted(
            (r.due_at, r.conversation_id, r.message_id)
            for r in rows
            if r.channel_id == channel_id and r.due_at <= before
        )
        return ((conversation, message) for _, conversation, message in late)

    def due_of_old(self, *, before: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        return ()

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        rows = [row for row in self._rows() if (row.channel_id, row.day) == (channel_id, day)]
        return tuple(
            sorted(
                MessageFact(row.occurred_at, row.conversation_id, row.message_id, row.author)
                for row in rows
                if row.state in (State.RECEIVED, State.SENT)
            )
        )

    def each_of_day(self, channel_id: str, day: str) -> Iterator[MessageFact]:
        return reversed(self.of_day(channel_id, day))

    def note(self, conversation_id: str, message_id: str, entry: str) -> None:
        with self._lock:
            facts = self._facts.get((conversation_id, message_id))
            if facts and facts.row:
                facts.ledger |= {entry}

    def attempts(
        self, channel_id: str, days: Iterable[str], *, since: datetime, until: datetime
    ) -> Iterator[MessageFact]:
        known, none_yet = set(days), frozenset({State.RECEIVED, State.CLAIMED})
        rows = [row for row in self.all if row.channel_id == channel_id and row.day in known]
        tried = [row for row in rows if row.state not in none_yet and row.ledger]
        facts = [
            MessageFact(row.occurred_at, row.conversation_id, row.message_id, row.author)
            for row in tried
            if since <= row.occurred_at < until
        ]
        return iter(sorted(facts))

    def forget(self, conversation_id: str, at: datetime) -> Iterator[None]:
        for key, facts in list(self._facts.items()):
            if key[0] == conversation_id and facts != (left := _forgotten(facts, at)):
                self._facts[key] = left
                yield
        for key in [each for each in self.raw if each[0] == conversation_id]:
            del self.raw[key]
            yield

    def load_all(self, keys: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
        return tuple(row for row in (self.load(*key) for key in keys) if row)

    def _store(self, message: Message, state: State, *, over: frozenset[State]) -> Message:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row is None or facts.row.state in over:
                due_at = message.due_at if state is State.PLANNED else None
                facts.row = replace(message, state=state, due_at=due_at)
                facts.ledger |= {*message.ledger}
                is_again = message.tries > 0 or message.resend_of is not None
                refused = Listing(message.channel_id, message.occurred_at) if is_again else None
                listing = refused if state is State.REFUSED else None
                self._list(message.conversation_id, message.message_id, State.FAILED, listing)
            return self._merged(facts) or message

    def _rows(self) -> list[Message]:
        with self._lock:
            return [facts.row for facts in self._facts.values() if facts.row]

    def _of(self, conversation_id: str, message_id: str) -> _Facts:
        return self._facts.setdefault((conversation_id, message_id), _Facts())

    def _ours(self, conversation_id: str, platform_message_id: str) -> _Facts | None:
        for (conversation, _), facts in self._facts.items():
            known_as = facts.row.platform_message_id if facts.row else None
            if (conversation, known_as) == (conversation_id, platform_message_id):
                return facts
        return None

    def _merged(self, facts: _Facts) -> Message | None:
        if facts.row is None:
            return None
        partner = (facts.row.conversation_id, facts.row.platform_message_id or "")
        return _view(facts, self._facts.get(partner, _Facts()))


def _view(facts: _Facts, partner: _Facts) -> Message | None:
    """The row with everything known under its own id and under the platform's."""
    if facts.row is None:
        return None
    deleted = [at for at in (facts.deleted_at, partner.deleted_at) if at]
    if deleted:
        shown = replace(_without_content(facts.row), deleted_at=min(deleted))
    else:
        shown = _edited(facts.row, facts.edit, partner.edit)
    statuses = _earliest(partner.statuses, facts.statuses)
    late_failure = statuses.get("failed", (None, None, None))[1]
    return replace(
        shown,
        customer_reaction=_newest(facts.customer_reaction, partner.customer_reaction),
        business_reaction=_newest(facts.business_reaction, partner.business_reaction),
        statuses={name: at for name, (at, _, _) in statuses.items()},
        status_facts={name: told for name, (_, _, told) in statuses.items() if told},
        failure=shown.failure or late_failure,
        ledger=tuple(sorted(facts.ledger | partner.ledger)),
    )


def _edited(row: Message, *edits: tuple[datetime, str] | None) -> Message:
    known = [edit for edit in edits if edit]
    if not known:
        return row
    at, text = max(known)
    return replace(row, text=text or None, edited_at=at)


def _newest(*reactions: tuple[datetime, str] | None) -> str | None:
    known = [reaction for reaction in reactions if reaction]
    return (max(known)[1] or None) if known else None


def _earliest(*several: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for statuses in several:
        for name, dated in statuses.items():
            known = merged.get(name)
            merged[name] = dated if known is None else min(known, dated, key=_rank)
    return dict(sorted(merged.items()))


def _is_news(told: tuple[Any, ...], known: tuple[Any, ...] | None) -> bool:
    return known is None or _rank(told) < _rank(known) or told[1:] != known[1:]


def _rank(status: tuple[datetime, str | None, dict[str, Any] | None]) -> tuple[datetime, str]:
    """The earliest; of the same moment, the one that tells more."""
    at, failure, facts = status
    return at, json.dumps([failure, facts], separators=(",", ":")) if failure or facts else "~"


def _forgotten(facts: _Facts, at: datetime) -> _Facts:
    row = _without_content(facts.row) if facts.row else None
    if row and row.state is State.PLANNED:
        row = replace(row, state=State.FAILED, failure="contact_erased", due_at=None)
    return _Facts(
        row=row,
        deleted_at=facts.deleted_at or at,
        ledger=frozenset(map(decisions.erased, facts.ledger)),
        statuses=facts.statuses,
    )


def _without_content(row: Message) -> Message:
    return replace(row, text=None, attachments=(), payload=None, raw=None, request=None)


def _may_become(stored: State, state: State) -> bool:
    if state is State.SENT:
        return True
    return stored in (State.CLAIMED, State.UNKNOWN)
