"""Processor time of contenders that take turns, so that a machine's changing speed hits all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Protocol, TypeVar

from msgspec import Struct

ROUNDS = 15
ROUND_SECONDS = 0.03


class Given(Protocol):
    """What a contender is given, and how many events are in it."""

    @property
    def events(self) -> int: ...


_Given = TypeVar("_Given", bound=Given)


class Comparison(Struct, frozen=True):
    """Medians in microseconds, and the median of the rounds' own ratios."""

    ours: float
    other: float
    ratio: float


def compare(
    ours: Callable[[_Given], object],
    other: Callable[[_Given], object],
    deliveries: Sequence[_Given],
) -> Comparison:
    """Microseconds per event of both, measured in turns: ours, other, ours, other ..."""
    repeats = _repeats(ours, deliveries)
    rounds = [
        (_once(ours, deliveries, repeats), _once(other, deliveries, repeats)) for _ in range(ROUNDS)
    ]
    return summary(rounds)


def summary(rounds: Sequence[tuple[float, float]]) -> Comparison:
    return Comparison(
        ours=median(mine for mine, _ in rounds),
        other=median(theirs for _, theirs in rounds),
        ratio=median(mine / theirs for mine, theirs in rounds),
    )


def _repeats(contender: Callable[[_Given], object], deliveries: Sequence[_Given]) -> int:
    """How often to go through the deliveries for a round that is long enough to be measured."""
    _once(contender, deliveries, 1)  # the first time is slower
    events = sum(delivery.events for delivery in deliveries)
    seconds = _once(contender, deliveries, 1) * events / 1e6
    return max(1, round(ROUND_SECONDS / seconds))


def _once(
    contender: Callable[[_Given], object], deliveries: Sequence[_Given], repeats: int
) -> float:
    gc.collect()
    began = time.process_time()
    for _ in range(repeats):
        for delivery in deliveries:
            contender(delivery)
    seconds = time.process_time() - began
    return seconds * 1e6 / (repeats * sum(delivery.events for delivery in deliveries))
