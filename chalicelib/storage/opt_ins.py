"""Opt-ins: consent and its single-use token. A stop is an item of its own: it may come first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from chalicelib.core.opt_in import OptIn
from chalicelib.storage import _keys
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import OptInItem

_STOP = "stop#"
_ANY_TOPIC = "*"


class OptIns:
    """Fulfils `ports.OptIns`."""

    def __init__(self, item: type[OptInItem]) -> None:
        self._item = item

    def record(self, opt_in: OptIn) -> None:
        """Store it once: what was used since stays used."""
        topic = _keys.channel_topic(opt_in.channel_id, opt_in.topic)
        self._update(
            self._item(opt_in.conversation_id, opt_in.opt_in_id),
            {"document": opt_in, "channel_topic": topic},
            OptInItem.document.does_not_exist(),
        )

    def stop(self, conversation_id: str, topic: str | None, at: datetime) -> None:
        """The contact wants no more of this topic, or of any."""
        later = OptInItem.stopped_at.does_not_exist() | (OptInItem.stopped_at < at)
        row = self._item(conversation_id, _stop_id(topic))
        self._update(row, {"stopped_at": at}, later)

    def of_conversation(self, *conversation_ids: str) -> tuple[OptIn, ...]:
        """The opt-ins of a contact whose keys have these conversations; a stop under any of them
        stops all."""
        rows = [
            row for each in conversation_ids for row in self._item.query(each, consistent_read=True)
        ]
        return _opt_ins(rows, same=conversation_ids)

    def of_topic(self, channel_id: str, topic: str) -> tuple[OptIn, ...]:
        entries = list(self._item.by_topic.query(_keys.channel_topic(channel_id, topic)))
        keys = {(entry.conversation_id, entry.opt_in_id) for entry in entries}
        for entry in entries:
            keys.add((entry.conversation_id, _stop_id(topic)))
            keys.add((entry.conversation_id, _stop_id(None)))
        return _opt_ins(list(self._item.batch_get(list(keys))) if keys else [])

    def claim(self, opt_in: OptIn, attempt_id: str, at: datetime) -> bool:
        """Spend it on this attempt, again too; False if another attempt has it."""
        is_free = OptInItem.used_by.does_not_exist() | (OptInItem.used_by == attempt_id)
        return self._update(
            self._item(opt_in.conversation_id, opt_in.opt_in_id),
            {"used_by": attempt_id, "used_at": at},
            OptInItem.document.exists() & is_free,
        )

    def _update(self, row: OptInItem, values: dict[str, object], condition: Condition) -> bool:
        try:
            row.update(
                [getattr(OptInItem, name).set(value) for name, value in values.items()], condition
            )
        except UpdateError as error:
            refused_by(error, self._item)
            return False
        return True


def _stop_id(topic: str | None) -> str:
    return f"{_STOP}{topic or _ANY_TOPIC}"


def _opt_ins(rows: list[OptInItem], *, same: Collection[str] = ()) -> tuple[OptIn, ...]:
    """Those in the rows, with their stops; the conversations `same` are of one contact."""
    stops = defaultdict(list)
    for row in rows:
        if row.stopped_at:
            stops[_contact(row, same), row.opt_in_id].append(row.stopped_at)
    found = [_read(row, _contact(row, same), stops) for row in rows if row.document]
    return tuple(
        sorted(found, key=lambda each: (each.opted_in_at, each.conversation_id, each.opt_in_id))
    )


def _contact(row: OptInItem, same: Collection[str]) -> str:
    return "" if row.conversation_id in same else row.conversation_id


def _read(row: OptInItem, contact: str, stops: Mapping[tuple[str, str], list[datetime]]) -> OptIn:
    opt_in = replace(msgspec.convert(row.document, OptIn), used_by=row.used_by)
    about_it = ((contact, _stop_id(topic)) for topic in (opt_in.topic, None))
    told = [at for place in about_it for at in stops.get(place, ())]
    after = [at for at in told if at >= opt_in.opted_in_at]
    return replace(opt_in, stopped_at=min(after)) if after else opt_in
