"""Opt-ins: consent and its single-use token. A stop is an item of its own: it may come first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.opt_in import Consents, How, OptIn, Request, Stop
from chalicelib.ports import OptInPage
from chalicelib.storage import _cursor, _erasing, _keys
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import OptInItem

_STOP = "stop#"
_ANY_TOPIC = "*"
_ASKED = "asked#"


class OptIns:
    """Fulfils `ports.OptIns`."""

    def __init__(self, item: type[OptInItem]) -> None:
        self._item = item

    def record(self, opt_in: OptIn) -> None:
        """Store it once: what was used since stays used."""
        topic = _keys.channel_topic(opt_in.channel_id, opt_in.topic)
        self._update(
            self._item(opt_in.conversation_id, opt_in.opt_in_id),
            _setting({"document": opt_in, "channel_topic": topic}),
            OptInItem.document.does_not_exist(),
        )

    def stop(
        self,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        *,
        how: How = How.PLATFORM,
        evidence: str | None = None,
    ) -> None:
        """The contact wants no more of this topic, or of any; the latest stop stays."""
        self._told("stopped", conversation_id, topic, at, how, evidence)

    def resume(
        self,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        *,
        how: How = How.PLATFORM,
        evidence: str | None = None,
    ) -> None:
        """Takes back the stops of exactly this topic, or of all, that came before."""
        self._told("resumed", conversation_id, topic, at, how, evidence)

    def stops(self, *conversation_ids: str) -> tuple[Stop, ...]:
        """The stops of a contact whose keys have these conversations."""
        return _stops(
            row
            for each in conversation_ids
            for row in self._item.query(
                each, OptInItem.opt_in_id.startswith(_STOP), consistent_read=True
            )
        )

    def consents(self, *conversation_ids: str) -> Consents:
        """The opt-ins and stops of a contact; a stop under any of its keys stops all."""
        rows = [
            row for each in conversation_ids for row in self._item.query(each, consistent_read=True)
        ]
        return Consents(_opt_ins(rows, same=conversation_ids), _stops(rows), _requests(rows))

    def of_conversation(self, *conversation_ids: str) -> tuple[OptIn, ...]:
        """The opt-ins of a contact whose keys have these conversations; a stop under any of them
        stops all."""
        return self.consents(*conversation_ids).opt_ins

    def of_topic(self, channel_id: str, topic: str) -> tuple[OptIn, ...]:
        entries = list(self._item.by_topic.query(_keys.channel_topic(channel_id, topic)))
        keys = {(entry.conversation_id, entry.opt_in_id) for entry in entries}
        for entry in entries:
            keys.add((entry.conversation_id, _stop_id(topic)))
            keys.add((entry.conversation_id, _stop_id(None)))
        return _opt_ins(list(self._item.batch_get(list(keys))) if keys else [])

    def page_of_topic(
        self,
        channel_id: str,
        topic: str,
        *,
        between: tuple[str, str],
        cursor: str | None,
        limit: int,
    ) -> OptInPage:
        """Some of the topic's opt-ins by id; without stops."""
        key = _keys.channel_topic(channel_id, topic)
        entries = self._item.by_topic.query(
            key,
            OptInItem.opt_in_id.between(*between),
            limit=limit,
            last_evaluated_key=_position(key, cursor) if cursor else None,
        )
        keys = [(entry.conversation_id, entry.opt_in_id) for entry in entries]
        last = entries.last_evaluated_key
        rows = list(self._item.batch_get(keys)) if keys else []
        found = [_read(row, row.conversation_id, {}) for row in rows if row.document]
        return OptInPage(tuple(sorted(found, key=_by_id)), _packed(last) if last else None)

    def claim(self, opt_in: OptIn, attempt_id: str, at: datetime) -> bool:
        """Spend it on this attempt, again too; False if another attempt has it."""
        is_free = OptInItem.used_by.does_not_exist() | (OptInItem.used_by == attempt_id)
        return self._update(
            self._item(opt_in.conversation_id, opt_in.opt_in_id),
            _setting({"used_by": attempt_id, "used_at": at}),
            OptInItem.document.exists() & is_free,
        )

    def ask(self, conversation_id: str, topic: str, attempt_id: str, at: datetime) -> None:
        """The contact was asked about this topic; the latest attempt stays."""
        later = OptInItem.used_at.does_not_exist() | (OptInItem.used_at < at)
        told = {"used_by": attempt_id, "used_at": at}
        self._update(self._item(conversation_id, f"{_ASKED}{topic}"), _setting(told), later)

    def release(self, opt_in: OptIn) -> None:
        """Who has it will never use it: another one may. Nothing if it was claimed since."""
        is_as_read = (OptInItem.used_by == opt_in.used_by) & (OptInItem.used_at == opt_in.used_at)
        self._update(
            self._item(opt_in.conversation_id, opt_in.opt_in_id),
            _setting({"used_by": None, "used_at": None}),
            is_as_read,
        )

    def forget(self, conversation_id: str) -> None:
        """Remove the opt-ins; the stops stay."""
        _erasing.forget_opt_ins(self._item, conversation_id)

    def _told(
        self,
        word: str,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        how: How,
        evidence: str | None,
    ) -> None:
        """The contact has "stopped" or "resumed" the topic; of each the latest is kept."""
        known = getattr(OptInItem, f"{word}_at")
        facts = {f"{word}_at": at, f"{word}_how": str(how), f"{word}_evidence": evidence}
        row = self._item(conversation_id, _stop_id(topic))
        self._update(row, _setting(facts), known.does_not_exist() | (known < at))

    def _update(self, row: OptInItem, actions: list[Action], condition: Condition) -> bool:
        try:
            row.update(actions, condition)
        except UpdateError as error:
            refused_by(error, self._item)
            return False
        return True


def _setting(values: Mapping[str, object]) -> list[Action]:
    named = [(getattr(OptInItem, name), value) for name, value in values.items()]
    return [one.remove() if value is None else one.set(value) for one, value in named]


def _by_id(opt_in: OptIn) -> tuple[str, str]:
    return opt_in.opt_in_id, opt_in.conversation_id


def _packed(position: dict[str, Any]) -> str:
    return _cursor.pack([position["opt_in_id"]["S"], position["conversation_id"]["S"]])


def _position(channel_topic: str, cursor: str) -> dict[str, Any]:
    opt_in_id, conversation_id = _cursor.unpack(cursor, tuple[str, str])
    key = {"conversation_id": conversation_id, "opt_in_id": opt_in_id}
    return {name: {"S": value} for name, value in (key | {"channel_topic": channel_topic}).items()}


def _stop_id(topic: str | None) -> str:
    return f"{_STOP}{topic or _ANY_TOPIC}"


def _stops(rows: Iterable[OptInItem]) -> tuple[Stop, ...]:
    found = [_stop(row, row.stopped_at) for row in rows if row.stopped_at]
    return tuple(sorted(found, key=lambda stop: (stop.topic or "", stop.at, stop.conversation_id)))


def _stop(row: OptInItem, at: datetime) -> Stop:
    """Stops of a release that did not note how came from the platform alone."""
    topic = str(row.opt_in_id).removeprefix(_STOP)
    return Stop(
        conversation_id=row.conversation_id,
        topic=None if topic == _ANY_TOPIC else topic,
        at=at,
        how=How(row.stopped_how or How.PLATFORM),
        evidence=row.stopped_evidence,
        resumed_at=row.resumed_at,
        resumed_how=How(row.resumed_how) if row.resumed_how else None,
        resumed_evidence=row.resumed_evidence,
    )


def _requests(rows: Iterable[OptInItem]) -> tuple[Request, ...]:
    return tuple(
        Request(
            conversation_id=row.conversation_id,
            topic=str(row.opt_in_id).removeprefix(_ASKED),
            at=row.used_at,
            attempt_id=row.used_by,
        )
        for row in rows
        if row.opt_in_id.startswith(_ASKED) and row.used_at and row.used_by
    )


def _opt_ins(rows: list[OptInItem], *, same: Collection[str] = ()) -> tuple[OptIn, ...]:
    """Those in the rows, with their stops; the conversations `same` are of one contact."""
    stops = defaultdict(list)
    for stop in _stops(rows):
        if stop.is_on:
            stops[_contact(stop.conversation_id, same), stop.topic].append(stop.at)
    found = [_read(row, _contact(row.conversation_id, same), stops) for row in rows if row.document]
    return tuple(
        sorted(found, key=lambda each: (each.opted_in_at, each.conversation_id, each.opt_in_id))
    )


def _contact(conversation_id: str, same: Collection[str]) -> str:
    return "" if conversation_id in same else conversation_id


def _read(
    row: OptInItem, contact: str, stops: Mapping[tuple[str, str | None], list[datetime]]
) -> OptIn:
    known = msgspec.convert(row.document, OptIn)
    opt_in = replace(known, used_by=row.used_by, used_at=row.used_at)
    told = [at for topic in (opt_in.topic, None) for at in stops.get((contact, topic), ())]
    after = [at for at in told if at >= opt_in.opted_in_at]
    return replace(opt_in, stopped_at=min(after)) if after else opt_in
