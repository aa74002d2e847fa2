"""F07, F08: the process dies at every call to AWS and to the Graph API, before its effect and
after. The stores, queues and secrets are those of moto, the platform takes what is posted.

What the queue, the caller or the schedule brings again ends as if nothing had happened: no event
that was acknowledged is lost, nothing is sent twice, and nothing is stuck. Only a send whose worker
died between claiming and settling it is in doubt, and how many these are is known beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from moto import mock_aws

from chalicelib.core import decisions
from chalicelib.ports import DayWanted
from chalicelib.storage.tables import CONVERSATION_NAMES, MESSAGE_NAMES
from tests.sweep import notices, stories
from tests.sweep.stories import NUMBER_SHOP, SHOP, a_minute, doubts
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
    "messages_table": {MESSAGE_NAMES["owner"], MESSAGE_NAMES["ledger"]},
    "channels_table": {"written_by"},
    "rates_table": {"owner", "full_at", "expires_at"},
    "opt_ins_table": {"used_at"},  # a token is claimed anew by whoever comes next
    "campaigns_table": {"version", "written_by"},
}
SENDING = stories.SENDING | notices.SENDING
STORING = stories.STORING | notices.STORING
STORIES = SENDING | STORING | notices.STOPPING
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
    "notification to many": 24,
    "answer to a stop": 10,
    "delayed reply when it is due": 11,
    "private reply to a comment": 12,
    "question how it was": 16,
    "stop of what is planned": 24,
    "stop of what is told to many": 25,
}
OWN_CLAIM = re.compile(r',"used_by":"[^"]*"')
# What the ledger says once everything is told, of a send whose worker died between claim and post,
# and of one whose worker died between post and settling. Letters: core/decisions.py.
IN_DOUBT = ("ANM", "ANP")
DUE = ("AM", "AP")  # whoever looks for it finds it in the index of what was due
TALES = {
    "notification when it is due": ("AK", "AP"),
    "notification to many": ("ANK", "ANP"),
    "delayed reply when it is due": DUE,
}
# A one-time token is posted again by the schedule: not even a death before the post loses it.
POSTED_AGAIN = {"notification when it is due", "notification to many"}


@dataclass(frozen=True)
class End:
    """How a story ended."""

    rows: dict[str, Any]  # once Meta has told of what it took, but for the ledger
    posts: list[dict[str, Any]]
    kept: list[str]
    asked: set[DayWanted]  # the days whose metrics are wanted
    in_doubt: int  # sends, before Meta told
    stuck: int  # sends still in doubt after the schedule had looked for a quarter of an hour
    ledger: list[list[str]]  # then: the entries of each message of ours, the oldest first


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
        arrange, act = STORIES[name]
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
    world.clock.advance(minutes=15)  # the lanes of campaigns look at what was open
    world.work_lanes()
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
        ledger(world),
    )


def said(world: World) -> dict[str, Any]:
    """All tables, but for who wrote a row and how often, and the name that we look up for comfort:
    it is asked for once, and nobody waits for it."""
    return {
        table: {
            key: {
                name: counted(fact) if is_lane(row) and name == "document" else fact
                for name, fact in row.items()
                if name not in WRITERS.get(table, ())
            }
            for key, row in rows.items()
            if row.get("item") != {"S": "profile"}
        }
        for table, rows in world.rows().items()
    }


def is_lane(row: dict[str, Any]) -> bool:
    return str(row.get("item")).startswith("{'S': 'lane#")


def counted(document: dict[str, str]) -> dict[str, Any]:
    """What a lane of a campaign has counted and where it is, not how often it was moved."""
    facts = msgspec.json.decode(document["S"])
    return {name: fact for name, fact in facts.items() if name not in {"version", "looks"}}


def ledger(world: World) -> list[list[str]]:
    """Whoever comes after a dead worker is told that the message itself took the consent."""
    rows = world.rows()["messages_table"]
    name = MESSAGE_NAMES["ledger"]
    found = [sorted(rows[key][name]["SS"]) for key in sorted(rows) if name in rows[key]]
    return [[OWN_CLAIM.sub("", entry) for entry in entries] for entries in found]


def verdicts(end: End) -> list[list[str]]:
    """What was permitted or refused of each message, with all that was asked."""
    return [
        [each for each in entries if decisions.read(each).what in decisions.BEGINS]
        for entries in end.ledger
    ]


def tale(end: End) -> str:
    """The letters of the ledger's entries (core/decisions.py), a word for each message."""
    words = [[decisions.read(each).what.value for each in entries] for entries in end.ledger]
    return " ".join("".join(word) for word in words)


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
def test_f07_the_verdicts_in_the_ledger_are_those_of_the_undisturbed_run(
    sweeps: Sweeps, name: str
) -> None:
    _, undisturbed, ends = sweeps.of(name)
    other = [point for point, end in ends.items() if verdicts(end) != verdicts(undisturbed)]
    assert named(other) == []


@pytest.mark.parametrize("name", SENDING)
def test_f08_the_ledger_tells_of_a_death_between_claim_and_settling_and_of_no_other(
    sweeps: Sweeps, name: str
) -> None:
    calls, undisturbed, ends = sweeps.of(name)
    is_never_posted = between(calls, "=claimed", "graph.POST")
    is_in_doubt = between(calls, "=claimed", "=sent")
    never, lost = TALES.get(name, IN_DOUBT)
    told_of = {
        point: tale(undisturbed).replace("AKP", never if is_never_posted(point) else lost)
        for point in ends
        if is_in_doubt(point)
    }
    found = {point: tale(end) for point, end in ends.items() if end.ledger != undisturbed.ledger}
    assert found == told_of


@pytest.mark.parametrize("name", notices.STOPPING)
def test_f08_wherever_a_worker_dies_nothing_is_sent_after_a_stop(sweeps: Sweeps, name: str) -> None:
    _, undisturbed, ends = sweeps.of(name)
    told = [point for point, end in ends.items() if notices.SAYS in str(end.posts)]
    assert (named(told), "B" in tale(undisturbed)) == ([], True)


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
