"""From a webhook to the reply that Meta's stand-in sees, on the embedded AWS with everything real.

The time is that of this machine and of the embedded AWS, which asks its queues in turns; on AWS
both are others. What carries over is that nothing is lost and that nobody is answered twice.
"""

from __future__ import annotations

import hmac
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from statistics import median, quantiles
from typing import Any

import requests
from msgspec import Struct

from devtools.benchmark import bodies
from devtools.benchmark.results import Result
from devtools.local_aws.stack import Stack
from devtools.scenario import world
from devtools.scenario.world import World

PLATFORMS = ("messenger", "instagram", "whatsapp")
WARMING = 6
SINGLES = 60
LIGHT = 60
LIGHT_PAUSE_SECONDS = 0.5
BURST = 300
# An automated experience has to answer any input (messenger-platform/policy, 2026-09-11).
MOST_SECONDS = 30.0
PATIENCE_SECONDS = 180.0
GLANCE_SECONDS = 0.1
# Meta delivers again what was not answered with 200: some times soon, then for days.
TRIES = 60
PAUSE_SECONDS = 1.0
# A container is a process here and all share two cores: a new one for each of 300 requests would
# take longer to start than the function may run. Lambda refuses what is above it, Meta comes again.
MOST_RECEIVERS = 16
Say = Callable[[str], None]
_numbers = count(1)


class Sent(Struct, frozen=True):
    """A delivery that was acknowledged, from one customer who writes for the first time."""

    platform: str
    contact_id: str
    at: datetime  # when it was first posted
    tries: int


class Seen(Struct, frozen=True):
    """What became of some deliveries: seconds to the first reply, and how many had which end."""

    seconds: tuple[float, ...]
    unstored: int
    unanswered: int
    answered_again: int


def measure(running: Stack, say: Say) -> Iterator[Result]:
    """Each customer writes once and for the first time, so each is due exactly one reply."""
    there = world.connect(running)
    say("Webhook to reply: the functions start")
    _one_by_one(there, WARMING)
    say(f"Webhook to reply: {SINGLES} deliveries, one at a time")
    alone = seen(there, _one_by_one(there, SINGLES))
    yield from _latency("e2e_single", alone)
    say(f"Webhook to reply: {LIGHT} deliveries, one every {LIGHT_PAUSE_SECONDS} seconds")
    light = seen(there, _settled(there, _paced(there, LIGHT)))
    yield from _latency("e2e_light", light)
    say(f"Webhook to reply: {BURST} deliveries at once")
    _limit_receivers(there, MOST_RECEIVERS)
    began = time.monotonic()
    burst_sent = _at_once(there, BURST)
    yield _seconds("e2e_burst_acknowledged", time.monotonic() - began)
    _settled(there, burst_sent)
    drained = time.monotonic() - began
    burst = seen(there, burst_sent)
    yield from _latency("e2e_burst", burst)
    yield _seconds("e2e_burst_drained", drained)
    again = sum(each.tries - 1 for each in burst_sent)
    yield Result(name="e2e_burst_redelivered", value=again, unit="deliveries", goal=None)
    yield from _accounts((alone, light, burst))
    yield _seconds("e2e_longest", max(*alone.seconds, *light.seconds), MOST_SECONDS)
    yield _seconds("e2e_burst_longest", max(burst.seconds), MOST_SECONDS)


def _limit_receivers(there: World, most: int) -> None:
    there.aws("lambda").put_function_concurrency(
        FunctionName=there.outputs["ReceiveName"], ReservedConcurrentExecutions=most
    )


def seen(there: World, sent: Sequence[Sent]) -> Seen:
    """What the stand-in and the API know of these customers."""
    replies = _replies(there)
    calls = [replies.get((each.platform, each.contact_id), []) for each in sent]
    known = _known_contacts(there)
    answered = zip(sent, calls, strict=True)
    return Seen(
        seconds=tuple((min(ats) - each.at).total_seconds() for each, ats in answered if ats),
        unstored=sum((each.platform, each.contact_id) not in known for each in sent),
        unanswered=calls.count([]),
        answered_again=sum(len(ats) - 1 for ats in calls if ats),
    )


def _one_by_one(there: World, number: int) -> list[Sent]:
    sent = []
    for platform in _platforms(number):
        sent.append(_post(there, platform))
        _until(lambda: _is_answered(there, sent[-1]))
    return sent


def _paced(there: World, number: int) -> list[Sent]:
    """At a steady pace, whether the one before is answered or not."""
    began = time.monotonic()
    with ThreadPoolExecutor(number) as people:
        posts = []
        for place, platform in enumerate(_platforms(number)):
            time.sleep(max(0.0, began + place * LIGHT_PAUSE_SECONDS - time.monotonic()))
            posts.append(people.submit(_post, there, platform))
        return [post.result() for post in posts]


def _at_once(there: World, number: int) -> list[Sent]:
    with ThreadPoolExecutor(number) as people:
        return list(people.map(lambda platform: _post(there, platform), _platforms(number)))


def _settled(there: World, sent: list[Sent]) -> list[Sent]:
    """The same, once everything that follows has happened or was given time enough."""
    _until(lambda: _all_answered(there, sent))
    there.settle()
    return sent


def _platforms(number: int) -> Iterable[str]:
    return (PLATFORMS[place % len(PLATFORMS)] for place in range(number))


def _post(there: World, platform: str) -> Sent:
    """Post it as Meta does: signed, and again if the answer is not 200."""
    number = 50_000 + next(_numbers)
    at = datetime.now(UTC)
    raw = json.dumps(bodies.message(platform, number, at=at), separators=(",", ":")).encode()
    digest = hmac.digest(there.stack.app_secret.encode(), raw, "sha256").hex()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}
    contact_id = bodies.contact(platform, number).contact_id
    for tried in range(1, TRIES + 1):
        if _status(there.stack.webhook_url, raw, headers) == requests.codes.ok:
            return Sent(platform, contact_id, at, tried)
        time.sleep(PAUSE_SECONDS)
    raise world.StoryError(f"a delivery was refused {TRIES} times")


def _status(url: str, raw: bytes, headers: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.post(url, data=raw, headers=headers, timeout=60).status_code
        except requests.ConnectionError:
            return 0


def _is_answered(there: World, sent: Sent) -> bool:
    return (sent.platform, sent.contact_id) in _replies(there)


def _all_answered(there: World, sent: Sequence[Sent]) -> bool:
    replies = _replies(there)
    return all((each.platform, each.contact_id) in replies for each in sent)


def _replies(there: World) -> dict[tuple[str, str], list[datetime]]:
    """When the stand-in took messages, by platform and customer."""
    found: dict[tuple[str, str], list[datetime]] = {}
    for call in _asked(f"{there.stack.graph_url}/_log"):
        if call["accepted"]:
            who = (call["platform"], call["recipient"])
            found.setdefault(who, []).append(datetime.fromisoformat(call["at"]))
    return found


def _asked(url: str) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=60).json()


def _known_contacts(there: World) -> set[tuple[str, str]]:
    """Whoever has a conversation with a message in it, as the API tells."""
    found: set[tuple[str, str]] = set()
    for channel in there.stack.channels:
        path, cursor = f"/v1/conversations?channel_id={channel['channel_id']}&limit=100", ""
        while cursor is not None:
            page = there.get(path + (f"&cursor={cursor}" if cursor else ""))
            found |= {(channel["platform"], each["contact"]["id"]) for each in page["items"]}
            cursor = page["next_cursor"]
    return found


def _until(is_so: Callable[[], bool]) -> None:
    """Returns when it is so, or when patience ends: what is missing then is counted as lost."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not is_so() and time.monotonic() < ends:
        time.sleep(GLANCE_SECONDS)


def _latency(name: str, found: Seen) -> Iterator[Result]:
    yield _seconds(f"{name}_median", median(found.seconds))
    yield _seconds(f"{name}_p95", quantiles(found.seconds, n=20, method="inclusive")[-1])


def _accounts(parts: Sequence[Seen]) -> Iterator[Result]:
    """Over the whole run."""
    total: Counter[str] = Counter()
    for part in parts:
        total["lost"] += part.unstored
        total["unanswered"] += part.unanswered
        total["answered_twice"] += part.answered_again
    for name in ("lost", "unanswered", "answered_twice"):
        yield Result(name=f"e2e_{name}", value=total[name], unit="customers", goal=0)


def _seconds(name: str, value: float, goal: float | None = None) -> Result:
    return Result(name=name, value=round(value, 3), unit="seconds", goal=goal)
