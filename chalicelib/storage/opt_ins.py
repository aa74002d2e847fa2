"""Opt-ins: consent and its single-use token. A stop is an item of its own: it may come first."""

from __future__ import annotations

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

    def of_conversation(self, conversation_id: str) -> tuple[OptIn, ...]:
        return _opt_ins(list(self._item.query(conversation_id, consistent_read=True)))

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


def _opt_ins(rows: list[OptInItem]) -> tuple[OptIn, ...]:
    stops = {(row.conversation_id, row.opt_in_id): row.stopped_at for row in rows if row.stopped_at}
    found = [_read(row, stops) for row in rows if row.document]
    return tuple(
        sorted(found, key=lambda each: (each.opted_in_at, each.conversation_id, each.opt_in_id))
    )


def _read(row: OptInItem, stops: dict[tuple[str, str], datetime]) -> OptIn:
    opt_in = replace(msgspec.convert(row.document, OptIn), used_by=row.used_by)
    told = [stops.get((row.conversation_id, _stop_id(topic))) for topic in (opt_in.topic, None)]
    after = [at for at in told if at and at >= opt_in.opted_in_at]
    return replace(opt_in, stopped_at=min(after)) if after else opt_in
