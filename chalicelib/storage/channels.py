"""Channels: the settings of each, and whether its sending is stopped. Kept for half a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import msgspec
from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.channel import ChannelSettings
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import ChannelItem
from chalicelib.storage._owner import new_owner
from chalicelib.storage._times import dated, undated

REMEMBERED_SECONDS = 30


class Channels:
    """Fulfils `ports.Channels`."""

    def __init__(
        self, item: type[ChannelItem], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._item, self._seconds = item, seconds
        self._known: dict[str, tuple[float, ChannelItem]] = {}

    def load(self, channel_id: str, *, is_fresh: bool = False) -> ChannelSettings | None:
        """At most 30 seconds old, or as it is now."""
        row = self._read(channel_id, is_fresh=True) if is_fresh else self._row(channel_id)
        return _settings(row) if row else None

    def save(self, channel: ChannelSettings) -> bool:
        """Store this version in place of the one before it. False if another is there."""
        stored = self._read(channel.channel_id, is_fresh=True)
        if _version(stored) != max(channel.version - 1, 0):
            return False
        # The document itself is the condition: rows of every release have it.
        unchanged = ChannelItem.document.does_not_exist()
        if stored and stored.document:
            unchanged = ChannelItem.document == stored.document
        return self._replace(channel, unchanged)

    def all(self) -> tuple[ChannelSettings, ...]:
        """Every connected channel, by id."""
        found = [_settings(self._remember(row)) for row in self._item.scan()]
        return tuple(sorted((each for each in found if each), key=lambda each: each.channel_id))

    def stop_sending(self, channel_id: str, *, reason: str, at: datetime) -> None:
        """The access token is dead: hold what is to be sent. The first reason stays."""
        row = self._item(channel_id)
        actions: list[Action] = [
            ChannelItem.stopped_at.set(at),
            ChannelItem.stopped_because.set(reason),
        ]
        try:
            row.update(actions, ChannelItem.stopped_at.does_not_exist())
        except UpdateError as error:
            row = refused_by(error, self._item) or row
        self._remember(row)

    def is_stopped(self, channel_id: str) -> bool:
        row = self._row(channel_id)
        return row is not None and (row.stopped_at is not None or _block(row) is not None)

    def resume_sending(self, channel_id: str) -> None:
        self._change(
            channel_id, ChannelItem.stopped_at.remove(), ChannelItem.stopped_because.remove()
        )

    def stopped_because(self, channel_id: str) -> str | None:
        row = self._row(channel_id)
        return row.stopped_because if row else None

    def tell_block(self, channel_id: str, reason: str | None, at: datetime) -> None:
        """The platform blocks the channel for this reason, or (None) does not; the latest stays."""
        row, told = self._item(channel_id), dated(at, reason or "")
        try:
            row.update(
                [ChannelItem.block.set(told)],
                ChannelItem.block.does_not_exist() | (ChannelItem.block < told),
            )
        except UpdateError as error:
            row = refused_by(error, self._item) or row
        self._remember(row)

    def blocked_because(self, channel_id: str) -> str | None:
        row = self._row(channel_id)
        return _block(row) if row else None

    def note_budget(self, channel_id: str, month: str | None) -> None:
        """In which month the channel reached its budget; None: it did not, or has none."""
        reached = ChannelItem.budget_reached_in
        self._change(channel_id, reached.set(month) if month else reached.remove())

    def budget_reached_in(self, channel_id: str) -> str | None:
        row = self._row(channel_id)
        return row.budget_reached_in if row else None

    def _replace(self, channel: ChannelSettings, unchanged: Condition) -> bool:
        row, owner = self._item(channel.channel_id), new_owner()
        actions: list[Action] = [
            ChannelItem.document.set(channel),
            ChannelItem.written_by.set(owner),
        ]
        try:
            row.update(actions, unchanged)
        except UpdateError as error:
            row = refused_by(error, self._item) or row
        self._remember(row)
        return row.written_by == owner

    def _change(self, channel_id: str, *actions: Action) -> None:
        row = self._item(channel_id)
        row.update(list(actions))
        self._remember(row)

    def _row(self, channel_id: str) -> ChannelItem | None:
        known = self._known.get(channel_id)
        if known and self._seconds() - known[0] < REMEMBERED_SECONDS:
            return known[1]
        return self._read(channel_id, is_fresh=False)

    def _read(self, channel_id: str, *, is_fresh: bool) -> ChannelItem | None:
        try:
            return self._remember(self._item.get(channel_id, consistent_read=is_fresh))
        except DoesNotExist:
            # Not remembered: a channel that is being connected works at once.
            return None

    def _remember(self, row: ChannelItem) -> ChannelItem:
        self._known[row.channel_id] = (self._seconds(), row)
        return row


def _block(row: ChannelItem) -> str | None:
    return undated(row.block)[1] or None if row.block else None


def _version(row: ChannelItem | None) -> int:
    settings = _settings(row) if row else None
    return settings.version if settings else 0


def _settings(row: ChannelItem) -> ChannelSettings | None:
    return msgspec.convert(row.document, ChannelSettings) if row.document else None
