"""Closed waits, by the local day on which they opened. Open ones are on the conversation row."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.core.conversation import Wait
from chalicelib.storage import _keys
from chalicelib.storage._models import WaitItem


class Waits:
    """Fulfils `ports.Waits`."""

    def __init__(self, item: type[WaitItem]) -> None:
        self._item = item

    def record(self, wait: Wait) -> None:
        """Store a closed wait, overwriting the one with the same conversation and opening."""
        row = self._row(wait)
        row.answered_at, row.answered_by = wait.answered_at, wait.answered_by
        row.answered_name = wait.answered_name
        row.save()

    def remove(self, wait: Wait) -> None:
        self._row(wait).delete()

    def of_day(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        """The closed waits that opened on this local day, oldest first."""
        waits = [
            _read(row, channel_id, day)
            for partition in _keys.channel_days(channel_id, day)
            for row in self._item.query(partition)
        ]
        return tuple(sorted(waits, key=lambda wait: (wait.opened_at, wait.conversation_id)))

    def of_conversation(
        self, channel_id: str, conversation_id: str, days: Iterable[str]
    ) -> tuple[Wait, ...]:
        """The closed waits of one conversation that opened on these local days, oldest first."""
        its_own = WaitItem.wait_key.startswith(f"{conversation_id}#")
        return tuple(
            _read(row, channel_id, day)
            for day in sorted(days)
            for row in self._item.query(
                _keys.channel_day(channel_id, day, conversation_id), its_own, consistent_read=True
            )
        )

    def _row(self, wait: Wait) -> WaitItem:
        return self._item(
            _keys.channel_day(wait.channel_id, wait.day, wait.conversation_id),
            _keys.wait_key(wait.conversation_id, wait.opened_at),
        )


def _read(row: WaitItem, channel_id: str, day: str) -> Wait:
    conversation_id, opened_at = _keys.conversation_and_opening(row.wait_key)
    return Wait(
        conversation_id=conversation_id,
        channel_id=channel_id,
        day=day,
        opened_at=opened_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        answered_name=row.answered_name,
    )
