"""Rates: what all containers together have taken of a channel's rate, one row for each limit.

One write leases several tokens. What was lost with a container is gone, never given out twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.core.rate_limits import LONGEST_PAUSE, Ask, Grant, Shared, fitting
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import RateItem
from chalicelib.storage._owner import new_owner
from chalicelib.storage._times import micros, moment

_ROUNDS = 3  # against others who lease at the same time; then the message waits
_KEPT = timedelta(days=1) + LONGEST_PAUSE
_PERCENT = 100


class Rates:
    """Fulfils `ports.Rates`."""

    def __init__(self, item: type[RateItem]) -> None:
        self._item = item
        self._seen: dict[str, Shared] = {}  # rows as they were: they only ever get fuller

    def lease(self, ask: Ask, at: datetime) -> Grant:
        """As many of the tokens as there are; no write when it is known that there are none."""
        shared = self._seen.get(ask.key, Shared())
        for _ in range(_ROUNDS):
            tokens = 0 if _is_paused(shared, at) else fitting(ask, shared.full_at, at)
            if not tokens:
                break
            shared, is_ours = self._take(ask, tokens, shared.full_at, at)
            if is_ours:
                return Grant(tokens, shared)
        return Grant(0, shared)

    def pause(self, key: str, until: datetime) -> None:
        row, stored = self._item(key), RateItem.paused_until
        actions = [stored.set(until), _expiry(until)]
        self._update(row, actions, stored.does_not_exist() | (stored < until))

    def slow_down(self, key: str, share: float, until: datetime) -> None:
        actions = [
            RateItem.slow_percent.set(round(share * _PERCENT)),
            RateItem.slow_until.set(until),
            _expiry(until),
        ]
        self._update(self._item(key), actions, None)

    def _take(
        self, ask: Ask, tokens: int, full_at: datetime | None, at: datetime
    ) -> tuple[Shared, bool]:
        owner, cost = new_owner(), tokens * ask.interval
        full, now = RateItem.full_at, micros(at)
        if full_at is None or full_at <= at:
            taken, is_free = full.set(now + _us(cost)), full.does_not_exist() | (full <= now)
        else:
            # Whatever others added since: our share comes on top, as long as it has room.
            taken = full.set(full + _us(cost))
            is_free = (full > now) & (full <= now + _us(ask.ahead - cost))
            is_free &= RateItem.owner != owner
        actions = [taken, RateItem.owner.set(owner), _expiry(at)]
        row, is_stored = self._update(self._item(ask.key), actions, is_free & _not_paused(at))
        return _shared(row), is_stored or row.owner == owner

    def _update(
        self, row: RateItem, actions: list[Action], condition: Condition | None
    ) -> tuple[RateItem, bool]:
        """The row as it stands afterwards, and whether this write made it so."""
        is_stored = True
        try:
            row.update(actions, condition)
        except UpdateError as error:
            row, is_stored = refused_by(error, self._item) or row, False
        self._seen[row.rate_key] = _shared(row)
        return row, is_stored


def _is_paused(shared: Shared, at: datetime) -> bool:
    return shared.paused_until is not None and shared.paused_until > at


def _not_paused(at: datetime) -> Condition:
    is_free: Condition = RateItem.paused_until.does_not_exist() | (RateItem.paused_until <= at)
    return is_free


def _expiry(at: datetime) -> Action:
    return RateItem.expires_at.set(micros(at + _KEPT) // 1_000_000)


def _us(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _shared(row: RateItem) -> Shared:
    return Shared(
        full_at=moment(int(row.full_at)) if row.full_at else None,
        paused_until=row.paused_until,
        slow_until=row.slow_until,
        share=(row.slow_percent or _PERCENT) / _PERCENT,
    )
