"""F07, F08: the process dies at every call to AWS and to the Graph API, before its effect and
after. The stores, queues and secrets are those of moto, the platform takes what is posted.

What the queue, the caller or the schedule brings again ends as if nothing had happened: no event
that was acknowledged is lost, nothing is sent twice, and nothing is stuck. Only a send whose worker
died between claiming and settling it is in doubt, and how many these are is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.core.messages import State
from chalicelib.ports import DayWanted
from chalicelib.storage.tables import CONVERSATION_NAMES, MESSAGE_NAMES
from tests.sweep.stories import NUMBER_SHOP, SENDING, SHOP, STORING, a_minute
from tests.sweep.world import Aws, World
from tests.usecases.crashes import Point, points
from tests.usecases.journey import echo_of, page

pytestmark = pytest.mark.slow

# Who wrote a row, and how often: not what it says. Tokens that a dead container held are lost.
WRITERS = {
    "conversations_table": {
        *(CONVERSATION_NAMES["version"], CONVERSATION_NAMES["written_by"]),
        *("version", "written_by"),  # of who handles it
    },
    "messages_table": {MESSAGE_NAMES["owner"]},
    "channels_table": {"written_by"},
    "rates_table": {"owner", "full_at"},
}
LIVE = {each.value for each in (State.CLAIMED, State.UNKNOWN)}
# Calls of each story when this was written; fewer would mean that the sweep has lost its sight.
LEAST_CALLS = {
    "reply to a first message": 13,
    "answer through the API": 14,
    "request of consent": 12,
    "notification when it is due": 20,
    "sending again": 16,
    "a look for an unknown send": 9,
    "metrics are asked for": 13,
    "metrics of a day": 25,
    "two keys of one person": 32,
    "notification is planned": 14,
}
# A one-time token is posted again by the schedule: not even a death before the post loses it.
POSTED_AGAIN = {"notification when it is due"}


@dataclass(frozen=True)
class End:
    """How a story ended."""

    rows: dict[str, Any]  # once Meta has told of what it took
    posts: list[dict[str, Any]]
    kept: list[str]
    asked: set[DayWanted]  # the days whose metrics are wanted
    in_doubt: int  # sends, before Meta told
    stuck: int  # sends still in doubt after the schedule had looked for a quarter of an hour


class Sweeps:
    """Every story with a death at every point, each played once."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self._aws, self._monkeypatch = aws, monkeypatch
        self._swept: dict[str, tuple[list[str], End, dict[Point, End]]] = {}

    def of(self, name: str) -> tuple[list[str], End, dict[Point, End]]:
        """The calls, the undisturbed end, and the end after each death."""
        if name not in self._swept:
            undisturbed, calls = self._played(name, None)
            ends = {point: self._played(name, point)[0] for point in points(calls)}
            self._swept[name] = calls, undisturbed, ends
        return self._swept[name]

    def _played(self, name: str, point: Point | None) -> tuple[End, list[str]]:
        world = World(self._aws, self._monkeypatch, SHOP, NUMBER_SHOP)
        arrange, act = (SENDING | STORING)[name]
        arrange(world)
        self._aws.wire.begin(point)
        try:
            act(world)
        finally:
            calls = self._aws.wire.end()
        world.clock.advance(minutes=2)  # every lease has run out
        act(world)  # callers, queues and schedules come once more in any case
        return told(world), calls


def told(world: World) -> End:
    in_doubt = doubts(world)
    posts = [post | {"message": {"text": None} | post["message"]} for post in world.platform.posts]
    echoes = [echo_of(post, mid="mid.1", at=world.clock()) for post in posts]
    world.deliver(*(page(each) for each in echoes))
    rows = said(world)
    for _ in range(15 if doubts(world) else 0):
        world.clock.advance(minutes=1)
        a_minute(world)
    return End(
        rows,
        list(world.platform.posts),
        world.aws.kept(),
        world.day_function.asked,
        in_doubt,
        doubts(world),
    )


def said(world: World) -> dict[str, Any]:
    """All tables, but for who wrote a row and how often, and the name that we look up for comfort:
    it is asked for once, and nobody waits for it."""
    return {
        table: {
            key: {name: fact for name, fact in row.items() if name not in WRITERS.get(table, ())}
            for key, row in rows.items()
            if row.get("item") != {"S": "profile"}
        }
        for table, rows in world.rows().items()
    }


def doubts(world: World) -> int:
    """Sends of which nobody knows what became of them."""
    rows = world.rows()["messages_table"].values()
    states = [row.get(MESSAGE_NAMES["state"], {}).get("S") for row in rows]
    return sum(state in LIVE for state in states)


def between(calls: list[str], first: str, last: str) -> Callable[[Point], bool]:
    """Is a point after the effect of one call and before that of the other?"""
    begin, end = (
        next(n for n, call in enumerate(calls) if call.endswith(each)) for each in (first, last)
    )
    return lambda point: (begin, True) <= (point.number, point.when == "after") < (end, True)


def named(points_: Any) -> list[str]:
    return [str(point) for point in points_]


@pytest.fixture(scope="module")
def sweeps() -> Iterator[Sweeps]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.setenv(name, "testing")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        yield Sweeps(Aws(), environment)


@pytest.mark.parametrize("name", STORING)
def test_f07_whatever_is_stored_a_death_leaves_no_trace(sweeps: Sweeps, name: str) -> None:
    _, undisturbed, ends = sweeps.of(name)
    assert named(point for point, end in ends.items() if end != undisturbed) == []


@pytest.mark.parametrize("name", SENDING)
def test_f08_the_sends_in_doubt_are_those_between_claim_and_settling(
    sweeps: Sweeps, name: str
) -> None:
    calls, _, ends = sweeps.of(name)
    is_in_doubt = between(calls, "=claimed", "=sent")
    found = [point for point, end in ends.items() if end.in_doubt]
    assert named(found) == named(point for point in ends if is_in_doubt(point))


@pytest.mark.parametrize("name", SENDING)
def test_f07_nothing_is_sent_twice_and_what_is_not_sent_was_in_doubt(
    sweeps: Sweeps, name: str
) -> None:
    calls, undisturbed, ends = sweeps.of(name)
    is_never_posted = between(calls, "=claimed", "graph.POST")
    lost = [point for point in ends if is_never_posted(point) and name not in POSTED_AGAIN]
    expected = {point: [] if point in lost else undisturbed.posts for point in ends}
    assert {point: end.posts for point, end in ends.items()} == expected


@pytest.mark.parametrize("name", SENDING)
def test_f07_once_meta_has_told_all_is_as_if_nothing_had_happened(
    sweeps: Sweeps, name: str
) -> None:
    calls, undisturbed, ends = sweeps.of(name)
    is_never_posted = between(calls, "=claimed", "graph.POST")
    other = [point for point, end in ends.items() if end.rows != undisturbed.rows]
    assert named(other) == named(point for point in ends if is_never_posted(point))


@pytest.mark.parametrize("name", SENDING)
def test_f08_nothing_is_stuck(sweeps: Sweeps, name: str) -> None:
    ends = sweeps.of(name)[2]
    assert named(point for point, end in ends.items() if end.stuck) == []


@pytest.mark.parametrize("name", LEAST_CALLS)
def test_f07_the_sweep_sees_every_call(sweeps: Sweeps, name: str) -> None:
    calls, _, ends = sweeps.of(name)
    assert (len(calls) >= LEAST_CALLS[name], len(ends)) == (True, 2 * len(calls))


@pytest.mark.parametrize("name", SENDING)
def test_f07_every_story_of_a_send_claims_posts_and_settles(sweeps: Sweeps, name: str) -> None:
    calls = sweeps.of(name)[0]
    steps = [call for call in calls if call.endswith(("=claimed", "graph.POST", "=sent"))]
    assert [step.rpartition("=")[2] for step in steps] == ["claimed", "graph.POST", "sent"]
