"""Which programs of the local stack run, on which ports; starting one that does not."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from devtools.cloudformation import Say
from devtools.local_aws import places, processes

MARKS = {"aws": "ministack", "graph": "devtools.simulator"}  # in their command lines
VARIABLES = {"aws": "AWS_PORT", "graph": "GRAPH_PORT"}


class Program(Struct, frozen=True, kw_only=True):
    """How to start one of them, and where it answers once it is up."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health_url: str


def launch(program: Program, started: dict[str, int], *, is_attached: bool, say: Say) -> None:
    """Start it unless it runs, note it in `started`, and wait until it is up."""
    if program.name in programs():
        return
    say(f"Starting {program.title}")
    log = places.LOGS / f"{program.name}.log"
    process = processes.start(
        program.command,
        log=log,
        environment=program.environment,
        cwd=places.ROOT,
        is_attached=is_attached,
    )
    started[program.name] = process.pid
    places.write(places.PROCESSES, programs() | started)
    processes.wait_until_up(process, program.health_url, log)


def programs() -> dict[str, int]:
    """The process ids, as they were written down, of those that still run."""
    known = places.read(places.PROCESSES)
    return {
        name: known[name]
        for name, mark in MARKS.items()
        if name in known and processes.is_program(known[name], mark)
    }


def ports() -> dict[str, int]:
    """Of what runs: its port. Else AWS_PORT and GRAPH_PORT, or last time's, or any that is free."""
    known, running = places.read(places.PORTS), programs()
    chosen = {
        name: known[name]
        if name in running
        else processes.free_port(os.environ.get(variable), known.get(name))
        for name, variable in VARIABLES.items()
    }
    places.write(places.PORTS, chosen)
    return chosen


def stop(started: Mapping[str, int]) -> None:
    """The stand-in first: it must not talk to an AWS that is gone."""
    for name in ("graph", "aws"):
        if name in started:
            processes.stop(started[name])
    if not programs():
        places.STACK.unlink(missing_ok=True)
