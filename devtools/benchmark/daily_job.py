"""What a channel's day costs to compute, by the number of its waits, in memory and processor time.

The real use case over a store in process that makes its facts while they are read, as the real one
does, so that only what the job itself keeps is counted. Each size has a fresh interpreter.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator

from devtools.benchmark import made_up_day, own_process
from devtools.benchmark.results import Result

MODULE = "devtools.benchmark.daily_job"
SIZES = (1_000, 10_000, 100_000)
MEMORY_MB = 512  # lambda_memory_size in .chalice/config.json
TIMEOUT_SECONDS = 900  # lambda_timeout of the function
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html (read 2026-11-22)
MEMORY_MB_OF_ONE_PROCESSOR = 1769
MOST_SECONDS = TIMEOUT_SECONDS * MEMORY_MB / MEMORY_MB_OF_ONE_PROCESSOR
MOST_GROWTH = 1.25  # per wait, between the smallest day and the largest
MB = 1024 * 1024


def measure() -> Iterator[Result]:
    """Memory of the whole process, and what each wait adds; processor time alike."""
    found = own_process.in_turns(MODULE, SIZES)
    for size, cost in found.items():
        is_largest = size == SIZES[-1]
        yield _result(size, "peak", cost["peak"] / MB, "MB", MEMORY_MB if is_largest else None)
        yield _result(size, "bytes", cost["grown"] / size, "bytes/wait")
        seconds = cost["seconds"]
        yield _result(size, "cpu", seconds, "seconds", MOST_SECONDS if is_largest else None)
        yield _result(size, "cpu_each", seconds * 1e6 / size, "us/wait")
    first, last = (found[size]["seconds"] / size for size in (SIZES[0], SIZES[-1]))
    yield Result(
        name="daily_cpu_growth",
        value=round(last * 1e6, 2),
        unit="us/wait",
        floor=round(first * 1e6, 2),
        ratio=round(last / first, 3),
        goal=MOST_GROWTH,
    )


def compute(size: int) -> dict[str, float]:
    """Compute a day with so many waits in this process; bytes and seconds."""
    # What the function has imported besides, so that the peak is that of the function.
    from chalicelib import bootstrap  # noqa: F401
    from chalicelib.storage import conversations, messages, readings, waits  # noqa: F401
    from chalicelib.usecases import compute_daily_metrics

    rt = made_up_day.runtime(size)
    before, began = own_process.peak(), time.process_time()
    found = compute_daily_metrics.run(made_up_day.CHANNEL_ID, made_up_day.DAY, rt)
    seconds, peak = time.process_time() - began, own_process.peak()
    if not any(reading.n == size for reading in found):
        raise RuntimeError("the day was not computed from all its waits")
    return {"peak": peak, "grown": peak - before, "seconds": seconds}


def main(size: str) -> None:
    """In a process of its own, which may not have more memory than the function."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * MB, MEMORY_MB * MB))
    print(json.dumps(compute(int(size))))


def _result(size: int, what: str, value: float, unit: str, goal: float | None = None) -> Result:
    name = f"daily_{size}_{what}"
    return Result(name=name, value=round(value, 3), unit=unit, goal=goal and round(goal, 1))


if __name__ == "__main__":
    main(sys.argv[1])
