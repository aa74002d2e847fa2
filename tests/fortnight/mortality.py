"""Processes die: at some call to a port, just before its effect or just after it."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random
from typing import Any, NamedTuple

from chalicelib.ports import Runtime

CALLS_OF_A_LIFE = 4000  # on average, until the process dies
NEVER_DIE = {"settings", "now", "sleep", "pacer", "log"}
# Where a death does most harm it comes more often: between a claim and its outcome.
WEIGHTS = {"messages.claim": 5, "sender.post": 10, "messages.settle": 5}


class Death(NamedTuple):
    """Where it happened: at which call, and whether that took effect."""

    call: str
    is_after: bool


class Mortality:
    """Kills the process at some call to a port, before its effect or after it."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.deaths: list[Death] = []
        self._left = self._drawn()

    def over(self, rt: Runtime) -> Runtime:
        ports = {each.name for each in fields(rt)} - NEVER_DIE
        return replace(rt, **{name: _Port(name, getattr(rt, name), self) for name in sorted(ports)})

    def call(self, name: str, do: Any, *args: Any, **facts: Any) -> Any:
        self._left -= WEIGHTS.get(name, 1)
        if self._left > 0:
            return do(*args, **facts)
        self._left, is_after = self._drawn(), self._random.random() < 0.5
        self.deaths.append(Death(name, is_after))
        if is_after:
            do(*args, **facts)
        raise SystemExit

    def _drawn(self) -> int:
        return 1 + int(self._random.expovariate(1 / CALLS_OF_A_LIFE))


class _Port:
    def __init__(self, name: str, port: Any, mortality: Mortality) -> None:
        self._name, self._port, self._mortality = name, port, mortality

    def __getattr__(self, name: str) -> Any:
        do, call, place = getattr(self._port, name), self._mortality.call, f"{self._name}.{name}"

        def mortal(*args: Any, **facts: Any) -> Any:
            return call(place, do, *args, **facts)

        self.__dict__[name] = mortal
        return mortal
