"""Joins that die, overlap and are overtaken: F07 and F04 for the keys of one person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.usecases.crashes import Point, Watch, points
from tests.usecases.people import (
    P1,
    P2,
    U1,
    U2,
    U3,
    Tell,
    after,
    got_number,
    got_user_id,
    merged,
    replied,
    separated,
    state,
    wrote,
)

JOINS: dict[str, tuple[list[Tell], Tell]] = {
    "known by phone": ([wrote(0, phone=P1), replied(5, phone=P1)], wrote(9, user=U1, phone=P1)),
    "first contact": ([], wrote(9, user=U1, phone=P1)),
    "both known": ([wrote(0, phone=P1), wrote(4, user=U1)], replied(9, user=U1, phone=P1)),
    "new number": ([wrote(0, user=U1, phone=P1), wrote(2, phone=P2)], got_number(9, P1, P2)),
    "new user id": ([wrote(0, user=U1), wrote(3, user=U2)], got_user_id(9, U1, U2)),
    "by hand": ([wrote(0, user=U1), wrote(3, user=U3), replied(5, user=U3)], merged(20, U1, U3)),
    "apart by hand": (
        [wrote(0, user=U1), wrote(3, user=U3), merged(20, U1, U3), replied(25, user=U1)],
        separated(30, U1, U3),
    ),
}


def _calls(name: str) -> list[str]:
    before, join = JOINS[name]
    watch, rt = Watch(), after(before)
    join(watch.over(rt))
    return watch.calls


CALLS = {name: _calls(name) for name in JOINS}
DEATHS = [
    pytest.param(name, point, id=f"{name}-{point}")
    for name, calls in CALLS.items()
    for point in points(calls)
]


@pytest.mark.parametrize(("name", "point"), DEATHS)
def test_f07_a_join_that_died_is_finished_by_the_next_delivery(name: str, point: Point) -> None:
    before, join = JOINS[name]
    rt = after(before)
    with suppress(SystemExit):
        join(Watch(point).over(rt))
    join(rt)
    assert state(rt) == state(after([*before, join]))


class Meanwhile(Watch):
    """At its point something else happens, all of it."""

    def __init__(self, point: Point, other: Callable[[], None]) -> None:
        super().__init__(point)
        self._other = other

    def call(self, name: str, do: Any, *args: Any, **facts: Any) -> Any:
        try:
            return super().call(name, do, *args, **facts)
        except SystemExit:
            self._other()
            is_before = self._point is not None and self._point.when == "before"
            self._point = None
            return do(*args, **facts) if is_before else self._done

    _done: Any = None


def is_overtaken(name: str, point: Point) -> bool:
    """The row is saved, its closed wait not yet: metrics pass over what comes too late."""
    return (name, point.call, point.number) == ("both known", "waits.record", len(CALLS[name]) - 1)


OTHERS: dict[str, Tell] = {
    "another link": got_user_id(12, U1, U2),
    "a person answers": replied(14, phone=P1),
    "the customer writes": wrote(14, user=U1),
    "by the phone": wrote(14, phone=P1),
    "apart by hand": separated(30, U1, P1),
}
TOGETHER = [
    pytest.param(name, point, other, id=f"{name}-{point}-{other}")
    for name in ("known by phone", "first contact", "both known")
    for point in points(CALLS[name])
    if point.when == "before" and not is_overtaken(name, point)
    for other in OTHERS
]


@pytest.mark.parametrize(("name", "point", "other"), TOGETHER)
def test_f04_what_happens_in_the_midst_of_a_join_ends_in_the_same_state(
    name: str, point: Point, other: str
) -> None:
    before, join = JOINS[name]
    rt = after(before)
    join(Meanwhile(point, lambda: OTHERS[other](rt)).over(rt))
    assert state(rt) == state(after([*before, join, OTHERS[other]]))


JOINT = [wrote(0, user=U1, phone=P1), wrote(3, phone=P1)]
LATE: dict[str, Tell] = {
    "a person answers": replied(14, phone=P1),
    "the customer writes": wrote(14, phone=P1),
}


def _calls_of(tell: Tell) -> list[str]:
    watch, rt = Watch(), after(JOINT)
    tell(watch.over(rt))
    return watch.calls


APART = [
    pytest.param(name, point, id=f"{name}-{point}")
    for name, tell in LATE.items()
    for point in points(_calls_of(tell))
    if point.when == "before" and not point.call.startswith(("channels", "log", "waits"))
]


@pytest.mark.parametrize(("name", "point"), APART)
def test_f04_what_was_under_way_while_keys_were_separated_goes_to_its_own(
    name: str, point: Point
) -> None:
    rt, apart = after(JOINT), separated(30, U1, P1)
    LATE[name](Meanwhile(point, lambda: apart(rt)).over(rt))
    assert state(rt) == state(after([*JOINT, LATE[name], apart]))
