"""Many containers that send for one channel, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.core.messages import Origin, OutboundMessage
from chalicelib.core.pacing import Pacer
from chalicelib.core.rate_limits import OTHER_SENDERS, SECOND
from chalicelib.ports import Rates, Runtime
from chalicelib.usecases import pace
from tests import builders, fakes
from tests.fake_rates import FakeRates

MESSAGES = {origin: builders.outbound(origin=origin) for origin in Origin}


class Containers:
    """As many as the rate is divided among, each with its own memory and its own store of rates
    over the same rows; they note the times at which they got a token."""

    def __init__(self, platform: str = "messenger", *, workers: int = 50, **channel: int) -> None:
        self.channel = builders.channel(platform=platform, **channel)
        self.settings = builders.settings(worker_concurrency=workers)
        self.rates = FakeRates()
        self.each = [self.started(self.rates) for _ in range(workers + OTHER_SENDERS)]
        self.taken: list[datetime] = []

    def started(self, rates: Rates) -> Runtime:
        return fakes.runtime(self.channel, settings=self.settings, rates=rates, pacer=Pacer())

    def sends(self, place: int, at: datetime, origin: Origin = Origin.PERSON) -> bool:
        """One message by one container; False if it has to wait."""
        has_token = _has_token(MESSAGES[origin], self.each[place], at)
        if has_token:
            self.taken.append(at)
        return has_token

    def send(self, attempts: Iterable[tuple[int, datetime, Origin]]) -> int:
        """Many; answers how many went."""
        return sum(self.sends(*attempt) for attempt in attempts)

    def all_send(self, times: Iterable[datetime], *, tries: int = 1) -> int:
        """Every container so many messages at each of these times; answers how many went."""
        places = [place for place in range(len(self.each)) for _ in range(tries)]
        return self.send((place, at, Origin.PERSON) for at in times for place in places)

    @property
    def busiest_second(self) -> int:
        """The most tokens within any one second."""
        first, most = 0, 0
        for place, at in enumerate(self.taken):
            while at - self.taken[first] >= SECOND:
                first += 1
            most = max(most, place - first + 1)
        return most


def every(step: timedelta, *, times: int, start: datetime = builders.NOON) -> list[datetime]:
    return [start + step * n for n in range(times)]


def _has_token(message: OutboundMessage, rt: Runtime, at: datetime) -> bool:
    (channel,) = rt.channels.all()
    return pace.free_at(message, channel, rt, at=at) is None
