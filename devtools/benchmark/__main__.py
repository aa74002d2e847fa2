"""`python -m devtools.benchmark [PART ...]`: measures, prints a table, writes .local/bench.json.

Parts: cpu, peers, package, units, daily, campaigns, end_to_end; all of them unless some are named.
What is not measured keeps its place in the file.
Exit 0 whether goals are met or not; the table tells which are missed and by how much.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from devtools.benchmark import (
    against_peers,
    campaigns,
    chart,
    cold_start,
    cpu,
    daily_job,
    naive,
    package_size,
    results,
    webhook,
)
from devtools.benchmark.results import Result
from devtools.package import LOCAL

REPORT = LOCAL / "bench.json"
CHART = LOCAL / "peers.svg"
CAMPAIGNS_CHART = LOCAL / "campaigns.svg"
Say = Callable[[str], None]


def main(words: list[str]) -> int:
    if unknown := set(words) - PARTS.keys():
        print(f"{', '.join(sorted(unknown))}: expected {', '.join(PARTS)}", file=sys.stderr)
        return 2
    # A stack of its own, forgotten before and after: nobody's conversations are in the way.
    os.environ["HEARBACK_LOCAL"] = str(LOCAL / "benchmark")
    from devtools.cloudformation import DeployError
    from devtools.local_aws.__main__ import progress
    from devtools.local_aws.processes import StartError
    from devtools.scenario.world import StoryError

    say = progress()
    try:
        found = [each for part in words or PARTS for each in PARTS[part](say)]
    except KeyboardInterrupt:
        return 130
    except (DeployError, StartError, StoryError) as error:
        print(f"\nFailed: {error}", file=sys.stderr)
        return 1
    results.write(found, REPORT, keeps_others=bool(words))
    goals = [each for each in found if each.goal is not None]
    print("\n" + "\n".join(results.table(found)))
    print(f"\n{sum(each.met for each in goals)} of {len(goals)} goals met. Written to {REPORT}")
    return 0


def _cpu(say: Callable[[str], None]) -> list[Result]:
    say("Processor time against the floor")
    against_floor = list(cpu.against_floor())
    say("Processor time against pywa")
    against_pywa = cpu.against_pywa()
    say("Processor time of a whole webhook request")
    requests = [*webhook.against_empty_route(), webhook.with_botocore()]
    return [*against_floor, against_pywa, *requests]


def _peers(say: Say) -> list[Result]:
    with tempfile.TemporaryDirectory(dir=LOCAL) as name:
        found = list(against_peers.measure(Path(name), say))
    if picture := chart.of_peers(found):
        CHART.write_text(picture)
    return found


def _daily(say: Say) -> list[Result]:
    say("The daily job, up to 100,000 waits")
    return list(daily_job.measure())


def _campaigns(say: Say) -> list[Result]:
    say("Notifications to many, up to 100,000 recipients")
    found = list(campaigns.measure())
    CAMPAIGNS_CHART.write_text(chart.of_campaigns(found))
    return found


def _package(say: Callable[[str], None]) -> list[Result]:
    say("The package, and the one that lists all it imports (fetched the first time)")
    with tempfile.TemporaryDirectory(dir=LOCAL) as name:
        scratch = Path(name)
        try:
            rival = naive.build(scratch / "naive")
        except subprocess.CalledProcessError:
            print("Left out what compares with it: no package index answers", file=sys.stderr)
            return list(package_size.measure(None, scratch))
        say("Cold starts, two minutes")
        return [*package_size.measure(rival, scratch), *cold_start.measure(rival, scratch)]


def _units(say: Callable[[str], None]) -> list[Result]:
    from devtools.benchmark import priced_month, units
    from devtools.local_aws import stack

    stack.reset(_nothing)
    try:
        with stack.attached(say) as running:
            shop = units.open_shop(running)
            found = list(units.measure(shop, say))
            return [*found, *priced_month.measure(shop, found, say)]
    finally:
        stack.reset(_nothing)


def _end_to_end(say: Say) -> list[Result]:
    from devtools.benchmark import end_to_end, stored_day
    from devtools.local_aws import stack

    stack.reset(_nothing)
    try:
        with stack.attached(say) as running:
            found = list(end_to_end.measure(running, say))
            say(f"The daily job from the tables, {stored_day.SIZE} waits")
            return [*found, *stored_day.measure(running)]
    finally:
        stack.reset(_nothing)


def _nothing(_text: str) -> None:
    """The user did not start that stack and need not hear of it."""


PARTS: Mapping[str, Callable[[Say], list[Result]]] = {
    "cpu": _cpu,
    "peers": _peers,
    "package": _package,
    "units": _units,
    "daily": _daily,
    "campaigns": _campaigns,
    "end_to_end": _end_to_end,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
