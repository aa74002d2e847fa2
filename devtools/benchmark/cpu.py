"""Processor time per event: raw signed bytes to normalised events, as the webhook reads them."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.events import Event
from chalicelib.core.signature import claimed_digest, matching_secret
from chalicelib.platforms import events_in
from devtools.benchmark import bodies, floor, rival, timing
from devtools.benchmark.bodies import SECRET, Delivery
from devtools.benchmark.results import Result

MOST_TIMES_THE_FLOOR = 2.0
TIMES_FASTER_THAN_PYWA = 4.0
PLATFORMS = ("messenger", "instagram", "whatsapp")
BATCHES = {"single": 1, "batch100": 100}
EVENTS_PER_ROUND = 400
UNIT = "us/event"


def read(delivery: Delivery) -> list[Event]:
    """What `usecases.receive_webhook` does before it queues."""
    claimed = claimed_digest(delivery.signature)
    if claimed is None or matching_secret(delivery.raw, claimed, (SECRET,)) is None:
        raise ValueError("forged")
    return events_in(delivery.raw)


def against_floor() -> Iterator[Result]:
    for platform in PLATFORMS:
        for name, batch in BATCHES.items():
            some = bodies.deliveries(platform, batch=batch, count=EVENTS_PER_ROUND // batch)
            found = timing.compare(read, floor.reader(platform), some)
            yield _result(f"cpu_{platform}_{name}", found, MOST_TIMES_THE_FLOOR)


def against_pywa() -> Result:
    """One message per delivery: of a batch, pywa reads the first message only."""
    some = bodies.deliveries("whatsapp", batch=1, count=EVENTS_PER_ROUND)
    found = timing.compare(read, rival.reader(), some)
    return _result("cpu_whatsapp_vs_pywa", found, 1 / TIMES_FASTER_THAN_PYWA)


def _result(name: str, found: timing.Comparison, goal: float) -> Result:
    return Result(
        name=name,
        value=round(found.ours, 3),
        unit=UNIT,
        floor=round(found.other, 3),
        ratio=round(found.ratio, 3),
        goal=goal,
    )
