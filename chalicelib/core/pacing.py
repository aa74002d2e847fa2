"""What one container remembers of the rates of its channels. Nothing of it is shared; the clock is
a parameter."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from chalicelib.core.messages import Origin
from chalicelib.core.rate_limits import LEASE, SECOND, SLOW_FOR, Grant, Limit, Shared

_SAME_SHARE = 0.05  # a change of the share that is not worth a write
_SAME_PAUSE = timedelta(seconds=5)


class Pacer:
    """The lanes of a container, one for each limit."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}

    def lane(self, limit: Limit) -> Lane:
        return self._lanes.setdefault(limit.key, Lane())


class Lane:
    """The tokens of a container for one limit, and what it heard of slowdowns and pauses."""

    def __init__(self) -> None:
        self._taken: deque[datetime] = deque()  # tokens taken unasked, within the last second
        self._leased = 0
        self._leased_until: datetime | None = None
        self._heard = Shared()

    def paused_until(self, at: datetime) -> datetime | None:
        until = self._heard.paused_until
        return until if until and until > at else None

    def share(self, at: datetime) -> float:
        """The share of the rate that may be used."""
        until = self._heard.slow_until
        return self._heard.share if until and at < until else 1.0

    def take(self, limit: Limit, origin: Origin, at: datetime) -> bool:
        """A token that is here already: leased, or unasked. Campaigns have leased ones only, so
        that people and automations do not wait for them."""
        return self._from_lease(at) or (origin is not Origin.CAMPAIGN and self._unasked(limit, at))

    def keep(self, grant: Grant, at: datetime) -> None:
        """The tokens of a new lease, and what came along with them."""
        self._leased, self._leased_until = grant.tokens, at + LEASE
        if grant.shared.paused_until or grant.shared.slow_until:
            self._heard = grant.shared

    def pause(self, until: datetime) -> bool:
        """Send nothing until then; True if that is news for the others."""
        known = self._heard.paused_until
        if known and until <= known + _SAME_PAUSE:
            return False
        self._heard = Shared(
            paused_until=until, slow_until=self._heard.slow_until, share=self._heard.share
        )
        return True

    def slow_down(self, share: float, at: datetime) -> bool:
        """Use this share of the rate for a while; True if that is news for the others."""
        until, known = self._heard.slow_until, self._heard.share
        if until and until - at > SLOW_FOR / 2 and abs(known - share) < _SAME_SHARE:
            return False
        self._heard = Shared(
            paused_until=self._heard.paused_until, slow_until=at + SLOW_FOR, share=share
        )
        return True

    def _from_lease(self, at: datetime) -> bool:
        if not self._leased or not self._leased_until or at >= self._leased_until:
            return False
        self._leased -= 1
        return True

    def _unasked(self, limit: Limit, at: datetime) -> bool:
        window = SECOND / self.share(at)
        # A test clock may have gone back.
        while self._taken and not timedelta() <= at - self._taken[0] < window:
            self._taken.popleft()
        if len(self._taken) >= limit.unasked:
            return False
        self._taken.append(at)
        return True
