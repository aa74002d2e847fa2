"""Kill the worker at any call to the outside world, just before its effect or just after it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from chalicelib.ports import Runtime

When = Literal["before", "after"]
NOT_PORTS = {"settings", "now"}


@dataclass(frozen=True)
class Point:
    """The n-th call from now on, seen from one side."""

    number: int
    call: str
    when: When

    def __str__(self) -> str:
        return f"{self.number}-{self.when}-{self.call}"


class Watch:
    """Notes every call to a port; at its point the worker is killed, once."""

    def __init__(self, point: Point | None = None) -> None:
        self.calls: list[str] = []
        self._point = point

    def over(self, rt: Runtime) -> Runtime:
        ports = {each.name for each in fields(rt)} - NOT_PORTS
        return replace(rt, **{name: self.port(name, getattr(rt, name)) for name in sorted(ports)})

    def port(self, name: str, port: Any) -> Any:
        """The port, watched."""
        return _Port(name, port, self)

    def call(self, name: str, do: Any, *args: Any, **facts: Any) -> Any:
        self.calls.append(name)
        self._kill("before")
        done = do(*args, **facts)
        self._kill("after")
        return done

    def _kill(self, when: When) -> None:
        point = self._point
        if point and (point.number, point.when) == (len(self.calls) - 1, when):
            raise SystemExit


class _Port:
    def __init__(self, name: str, port: Any, watch: Watch) -> None:
        self._name, self._port, self._watch = name, port, watch

    def __getattr__(self, name: str) -> Any:
        do = getattr(self._port, name)

        def watched(*args: Any, **facts: Any) -> Any:
            return self._watch.call(f"{self._name}.{name}", do, *args, **facts)

        return watched


def points(calls: list[str]) -> list[Point]:
    """Both sides of every call."""
    sides: tuple[When, When] = ("before", "after")
    return [Point(number, call, when) for number, call in enumerate(calls) for when in sides]
