"""Messages: one row for each, in whatever order facts come; ours are planned, claimed, settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core import decisions
from chalicelib.core.messages import Author, Listing, Message, MessageFact, State, Status
from chalicelib.ports import MessagePage
from chalicelib.storage import _erasing, _gone_wrong, _keys, _ledger, _message_rows
from chalicelib.storage._active_days import ActiveDays
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import MessageItem
from chalicelib.storage._owner import new_owner
from chalicelib.storage._raw import compress
from chalicelib.storage._times import dated

_NOT_HERE_YET = MessageItem.day_key.does_not_exist()
_IS_HERE = MessageItem.day_key.exists()
_NOT_UNSENT = MessageItem.deleted_at.does_not_exist()
_IS_PLANNED = MessageItem.state == State.PLANNED
_IS_UNSETTLED = MessageItem.state.is_in(State.CLAIMED, State.UNKNOWN)
_NOT_FAILED_LATE = MessageItem.status_failed.does_not_exist()
_NOT_PROVED = (MessageItem.state != State.SENT) | MessageItem.status_failed.exists()
_DUE_PAGE = 25  # rows of the index at a time: a busy channel is not held in memory


class Messages:
    """Fulfils `ports.Messages`."""

    def __init__(self, item: type[MessageItem], days: ActiveDays) -> None:
        self._item, self._days = item, days
        self._claims: dict[tuple[str, str], str] = {}  # of this process: key -> owner

    def record(self, message: Message) -> bool:
        """Store what somebody else wrote. True if it was new."""
        self._days.mark(message.channel_id, message.day)
        actions = self._received(message, owner := new_owner())
        row, is_stored = self._write(
            message, [*actions, *_message_rows.content(message)], _NOT_HERE_YET & _NOT_UNSENT
        )
        if not is_stored and not row.day_key:  # unsent before it came
            row, is_stored = self._write(message, actions, _NOT_HERE_YET)
        return is_stored or row.owner == owner

    def edit(self, conversation_id: str, message_id: str, text: str | None, at: datetime) -> None:
        edit = dated(at, text or "")
        self._keep(
            self._item(conversation_id, message_id),
            {"edit": edit},
            at,
            (MessageItem.edit.does_not_exist() | (MessageItem.edit < edit)) & _NOT_UNSENT,
        )

    def delete(self, conversation_id: str, message_id: str, at: datetime) -> None:
        """Remove the content, keep a tombstone."""
        row = self._keep(
            self._item(conversation_id, message_id),
            dict.fromkeys((*_message_rows.CONTENT, "edit")) | {"deleted_at": at},
            at,
            _NOT_UNSENT | (MessageItem.deleted_at > at),
        )
        if not row.day_key:
            self._delete_ours(conversation_id, message_id)

    def react(
        self,
        conversation_id: str,
        message_id: str,
        *,
        emoji: str | None,
        is_by_business: bool,
        at: datetime,
    ) -> None:
        name = "business_reaction" if is_by_business else "customer_reaction"
        reaction, stored = dated(at, emoji or ""), getattr(MessageItem, name)
        self._keep(
            self._item(conversation_id, message_id),
            {name: reaction},
            at,
            stored.does_not_exist() | (stored < reaction),
        )

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
        """Add a dated status; the earliest of each is kept. A late failure of ours is listed. The
        row, None if there is none yet."""
        name = _message_rows.status_attribute(status)
        told, stored = _message_rows.dated_status(at, failure, facts), getattr(MessageItem, name)
        listed = _gone_wrong.entry(State.FAILED, listing) if listing else {}
        noted = _message_rows.added(decisions.status(at, status, told, failure))
        row = self._keep(
            self._item(conversation_id, message_id),
            {name: told, **listed},
            at,
            stored.does_not_exist() | (stored > told),
            *noted,
        )
        if _message_rows.is_told_otherwise(getattr(row, name), told):
            row = self._update(row, noted, None)[0]
        return _message_rows.read(row)

    def load(self, conversation_id: str, message_id: str) -> Message | None:
        """The row alone, perhaps a moment old: what came under the platform's id of one of ours is
        in `history`."""
        return _message_rows.read(self._get(conversation_id, message_id, is_consistent=False))

    def load_now(self, conversation_id: str, message_id: str) -> Message | None:
        """As `load`, but as it stands this moment; twice the price."""
        return _message_rows.read(self._get(conversation_id, message_id, is_consistent=True))

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        """All messages, oldest first; what came under a platform id of ours is in our row."""
        rows = {
            row.message_id: row for row in self._item.query(conversation_id, consistent_read=True)
        }
        merged = {row.platform_message_id for row in rows.values()}
        messages = [
            _message_rows.read(row, rows.get(row.platform_message_id))
            for row in rows.values()
            if row.message_id not in merged
        ]
        shown = [message for message in messages if message]
        return tuple(sorted(shown, key=lambda shown: (shown.occurred_at, shown.message_id)))

    def reclassify(self, message: Message, author: Author) -> None:
        day_key = _keys.day_key(message.occurred_at, author)
        self._write(message, [MessageItem.day_key.set(day_key)], _IS_HERE)

    def plan(self, message: Message) -> Message:
        """Store a PLANNED row unless the row exists; returns the row as it stands."""
        due = _due(message.channel_id, message.due_at, message.conversation_id)
        return self._store_ours(message, State.PLANNED, due, _NOT_HERE_YET)

    def refuse(self, message: Message) -> Message:
        """Store a REFUSED row, new or from PLANNED; returns the row as it stands."""
        self._days.mark(message.channel_id, message.day)
        listed = _NOT_DUE | _gone_wrong.entry_of_refusal(message)
        listed |= {"channel_day": _message_rows.tried_day(message)}
        return self._store_ours(message, State.REFUSED, listed, _NOT_HERE_YET | _IS_PLANNED)

    def claim(self, message: Message) -> Message | None:
        """Store a CLAIMED row, new or from PLANNED. None if we have it, else the row in the way."""
        self._days.mark(message.channel_id, message.day)
        listed = _NOT_DUE | _gone_wrong.entry_of_claim(message)
        row, is_stored = self._write(
            message,
            self._ours(message, State.CLAIMED, owner := new_owner())
            + _message_rows.setting(listed),
            _NOT_HERE_YET | _IS_PLANNED,
        )
        if is_stored or row.owner == owner:
            self._claims[message.conversation_id, message.message_id] = owner
            return None
        return _message_rows.read(row)

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
        """The outcome of a claimed row; PLANNED again with `due_at`. What went wrong is listed.
        SENT sticks. Returns the row, None if there is none."""
        owner = self._claims.pop((conversation_id, message_id), None)
        outcome: dict[str, Any] = {"state": str(state), "failure": failure}
        outcome |= {"lease_until": None, "due_at": None}
        row = self._item(conversation_id, message_id)
        if state is State.SENT:
            named = {"platform_message_id": platform_message_id} if platform_message_id else {}
            return _message_rows.read(self._sent(row, outcome | named, entry))
        is_again = state is State.PLANNED
        if is_again:
            outcome |= _due(listing.channel_id if listing else None, due_at, conversation_id)
        else:
            outcome |= _gone_wrong.entry(state, listing)
        outcome |= _ledger.tried(conversation_id, listing)
        actions = [*_message_rows.setting(outcome), *_message_rows.added(entry)]
        return _message_rows.read(self._update(row, actions, _may_become(owner))[0])

    def note(self, conversation_id: str, message_id: str, entry: str) -> None:
        """Add an entry to the ledger of a row that is there."""
        row = self._item(conversation_id, message_id)
        self._update(row, _message_rows.added(entry), _IS_HERE)

    def attempts(
        self, channel_id: str, days: Iterable[str], *, since: datetime, until: datetime
    ) -> Iterator[MessageFact]:
        """What we sent or tried to send, by the time of the last attempt."""
        marked = [day for day in days if self._days.has(channel_id, day)]
        return _ledger.attempts(self._item, channel_id, marked, since=since, until=until)

    def forget(self, conversation_id: str, at: datetime) -> Iterator[None]:
        """Remove what was said and asked, message by message, as far as it is taken."""
        return _erasing.forget_messages(self._item, conversation_id, at)

    def load_all(self, keys: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
        """These rows, in this order, as far as they are there; perhaps a moment old."""
        return _ledger.load_all(self._item, keys)

    def gone_wrong(
        self, channel_id: str, state: State, *, cursor: str | None, limit: int
    ) -> MessagePage:
        """The listed rows of a channel, FAILED or UNKNOWN, the latest first."""
        return _gone_wrong.page(self._item, channel_id, state, cursor=cursor, limit=limit)

    def to_look_for(
        self, channel_id: str, *, before: datetime, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """The keys of unknown sends whose time to look has come, the longest first."""
        return _gone_wrong.to_look_for(self._item, channel_id, before=dated(before), limit=limit)

    def mark_resent(self, conversation_id: str, message_id: str, attempt_id: str) -> Message | None:
        """Name the attempt that makes it again: the first one wins. The row as it stands."""
        named = _message_rows.setting({"resent_as": attempt_id, **_gone_wrong.NOT_LISTED})
        is_free = MessageItem.resent_as.does_not_exist() | (MessageItem.resent_as == attempt_id)
        row = self._item(conversation_id, message_id)
        return _message_rows.read(self._update(row, named, _IS_HERE & _NOT_PROVED & is_free)[0])

    def postpone(self, message: Message, due_at: datetime) -> None:
        """A PLANNED row becomes due at another time."""
        due = _due(message.channel_id, due_at, message.conversation_id)
        self._write(message, _message_rows.setting(due), _IS_PLANNED)

    def keep_raw(self, conversation_id: str, event_id: str, raw: bytes, at: datetime) -> None:
        """Keep the Item of an event that makes no message of its own, as long as a message."""
        kept = {"raw": compress(raw), "expires_at": _message_rows.expiry(at)}
        row = self._item(conversation_id, _keys.raw_key(event_id))
        self._update(row, _message_rows.setting(kept), None)

    def due(self, channel_id: str, *, before: datetime) -> Iterator[tuple[str, str]]:
        """(conversation_id, message_id) of a channel's planned rows whose time has come, oldest
        first; read as far as they are taken."""
        is_due = MessageItem.due_key <= dated(before)
        rows = self._item.due.query(_keys.planned(channel_id), is_due, page_size=_DUE_PAGE)
        return ((row.conversation_id, row.message_id) for row in rows)

    def due_of_old(self, *, before: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        """The same of all channels, as a release before indexed them."""
        last = dated(before)
        shards = [
            self._item.due.query(shard, MessageItem.due_key <= last, limit=limit)
            for shard in _keys.due_shards()
        ]
        rows = islice(merge(*shards, key=lambda row: str(row.due_key)), limit)
        return tuple((row.conversation_id, row.message_id) for row in rows)

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        """All messages received or sent on this local day, oldest first."""
        return tuple(sorted(self.each_of_day(channel_id, day)))

    def each_of_day(self, channel_id: str, day: str) -> Iterator[MessageFact]:
        """The same one by one, in no order: a busy day need not be held in memory."""
        for partition in _keys.channel_days(channel_id, day):
            entries = self._item.by_day.query(partition, attributes_to_get=_FACT)
            yield from map(_fact, entries)

    def _received(self, message: Message, owner: str) -> list[Action]:
        day = MessageItem.channel_day.set(_message_rows.channel_day(message))
        return [*_message_rows.facts(message, owner=owner), day]

    def _ours(self, message: Message, state: State, owner: str) -> list[Action]:
        held = {"state": str(state), "held_day": _message_rows.channel_day(message)}
        return [
            *_message_rows.facts(message, owner=owner),
            *_message_rows.content(message),
            *_message_rows.setting(held),
            *_message_rows.added(*message.ledger),
        ]

    def _store_ours(
        self, message: Message, state: State, due: dict[str, Any], condition: Condition
    ) -> Message:
        actions = self._ours(message, state, new_owner()) + _message_rows.setting(due)
        row, _ = self._write(message, actions, condition)
        return _message_rows.read(row) or message

    def _sent(self, row: MessageItem, outcome: dict[str, Any], entry: str | None) -> MessageItem:
        """It leaves the lists, unless the platform has told already that it failed afterwards."""
        noted = _message_rows.added(entry)
        actions = [*_message_rows.setting(outcome), _entering_the_day(), *noted]
        leaving = _message_rows.setting(_gone_wrong.NOT_LISTED)
        stored, is_stored = self._update(row, [*actions, *leaving], _IS_HERE & _NOT_FAILED_LATE)
        if is_stored or not stored.status_failed:
            return stored
        return self._update(row, actions, _IS_HERE)[0]

    def _delete_ours(self, conversation_id: str, platform_message_id: str) -> None:
        """What a message of ours says is in its own row, not where the platform's id points."""
        is_it = MessageItem.platform_message_id == platform_message_id
        for row in self._item.query(conversation_id, filter_condition=is_it, consistent_read=True):
            self._update(row, _message_rows.without_content(), None)

    def _keep(
        self,
        row: MessageItem,
        values: dict[str, Any],
        at: datetime,
        condition: Condition,
        *more: Action,
    ) -> MessageItem:
        """Set a dated value if it is better than the stored one; returns the row as it stands."""
        expiry = MessageItem.expires_at.set(MessageItem.expires_at | _message_rows.expiry(at))
        return self._update(row, [*_message_rows.setting(values), expiry, *more], condition)[0]

    def _write(
        self, message: Message, actions: list[Action], condition: Condition
    ) -> tuple[MessageItem, bool]:
        row = self._item(message.conversation_id, message.message_id)
        return self._update(row, actions, condition)

    def _update(
        self, row: MessageItem, actions: list[Action], condition: Condition | None
    ) -> tuple[MessageItem, bool]:
        """The row as it stands afterwards, and whether this write made it so."""
        try:
            row.update(actions, condition)
        except UpdateError as error:
            return refused_by(error, self._item) or row, False
        return row, True

    def _get(
        self, conversation_id: str, message_id: str, *, is_consistent: bool
    ) -> MessageItem | None:
        try:
            return self._item.get(conversation_id, message_id, consistent_read=is_consistent)
        except DoesNotExist:
            return None


_NOT_DUE: dict[str, Any] = {"due_at": None, **_gone_wrong.NOT_LISTED}


def _due(channel_id: str | None, at: datetime | None, conversation_id: str) -> dict[str, Any]:
    """Where it is found when it is due; without a channel among the rows of old."""
    if at is None:
        return _NOT_DUE
    shard = _keys.planned(channel_id) if channel_id else _keys.due_shard(conversation_id)
    return {"due_at": at, "due_shard": shard, "due_key": dated(at)}


def _entering_the_day() -> Action:
    """Of ours the day of the last attempt, wherever it was listed before."""
    return MessageItem.channel_day.set(MessageItem.held_day | MessageItem.channel_day)


def _may_become(owner: str | None) -> Condition:
    """Anything but SENT only from an unsettled claim, and if we claimed it, from that one: a write
    that the SDK repeats late must not undo the claim of whoever came after us."""
    return _IS_UNSETTLED & (MessageItem.owner == owner) if owner else _IS_UNSETTLED


_FACT = ["conversation_id", "message_id", "day_key"]


def _fact(row: MessageItem) -> MessageFact:
    occurred_at, author = _keys.time_and_author(row.day_key)
    return MessageFact(occurred_at, row.conversation_id, row.message_id, author)
