"""What a notification to many costs for each recipient, by how many there are: calls to stores,
processor time, and the memory of an invocation.

The real use case over stores in process that make their rows while they are read, so that only
what the job itself keeps is counted. Each size has a fresh interpreter, in which one lane's
invocation follows the other, so the peak is that of the largest. What the calls cost in units is
measured on real tables (`units.py`).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from devtools.benchmark import made_up_campaign, own_process
from devtools.benchmark.results import Result

MODULE = "devtools.benchmark.campaigns"
SIZES = (1_000, 10_000, 100_000)
MEMORY_MB = 256  # lambda_memory_size of run_campaign in .chalice/config.json
MOST_GROWTH = 1.25  # for each recipient, between the smallest campaign and the largest
MB = 1024 * 1024
MINUTE = timedelta(minutes=1)


def measure() -> Iterator[Result]:
    """Calls, processor time and memory at each size, and how they grow."""
    found = own_process.in_turns(MODULE, SIZES)
    for size, cost in found.items():
        peak_goal = MEMORY_MB if size == SIZES[-1] else None
        yield _result(size, "peak", cost["peak"] / MB, "MB", peak_goal)
        yield _result(size, "calls_each", cost["calls"] / size, "calls")
        yield _result(size, "cpu_each", cost["seconds"] * 1e6 / size, "us")
        yield _result(size, "invocations", cost["invocations"], "runs")
    for what in ("calls", "seconds"):
        yield _growth(what, found)
    grown = (found[SIZES[-1]]["peak"] - found[SIZES[0]]["peak"]) / MB
    yield Result(name="campaign_peak_growth", value=round(grown, 2), unit="MB", goal=8.0)


def run(size: int) -> dict[str, float]:
    """Tell so many in this process: the minute schedule on a clock of its own, lane after lane."""
    # What the function has imported besides, so that the peak is that of the function.
    from chalicelib import bootstrap  # noqa: F401
    from chalicelib.storage import campaigns, conversations, messages, opt_ins, rates  # noqa: F401

    rt, told = made_up_campaign.runtime(size)
    began, invocations = time.process_time(), 0
    while due := _due(rt):
        for wanted in due:
            _work(wanted, rt)
            invocations += 1
        told.now += MINUTE
    seconds = time.process_time() - began
    if told.posts != size:
        raise RuntimeError(f"{told.posts} of {size} were told")
    counted = {"calls": sum(told.calls.values()), "invocations": invocations}
    return counted | {"peak": own_process.peak(), "seconds": seconds}


def main(size: str) -> None:
    """In a process of its own, which may not have more memory than the function twice over."""
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_MB * MB, 2 * MEMORY_MB * MB))
    print(json.dumps(run(int(size))))


def _due(rt: object) -> list[object]:
    from chalicelib.ports import LaneWanted

    lanes = rt.campaigns.lanes_by_id.values()  # type: ignore[attr-defined]
    return [LaneWanted(lane.campaign_id, lane.lane_id) for lane in lanes if lane.due_at]


def _work(wanted: object, rt: object) -> None:
    from chalicelib.usecases import run_campaign

    lane = rt.campaigns.lanes_by_id[wanted.lane_id]  # type: ignore[attr-defined]
    if lane.due_at <= rt.now():  # type: ignore[attr-defined]
        run_campaign.run(wanted, rt)  # type: ignore[arg-type]


def _growth(what: str, found: dict[int, dict[str, float]]) -> Result:
    first, last = (found[size][what] / size for size in (SIZES[0], SIZES[-1]))
    scale, unit = (1, "calls") if what == "calls" else (1e6, "us")
    return Result(
        name=f"campaign_{what}_growth",
        value=round(last * scale, 2),
        unit=unit,
        floor=round(first * scale, 2),
        ratio=round(last / first, 3),
        goal=MOST_GROWTH,
    )


def _result(size: int, what: str, value: float, unit: str, goal: float | None = None) -> Result:
    return Result(name=f"campaign_{size}_{what}", value=round(value, 3), unit=unit, goal=goal)


if __name__ == "__main__":
    main(sys.argv[1])
