"""A measurement in a process of its own, so that what ran before has no part in its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools.package import ROOT

ROUNDS = 3
_ENVIRONMENT = os.environ | {"AWS_DEFAULT_REGION": "eu-west-1"}


def in_turns(module: str, sizes: Sequence[int]) -> dict[int, dict[str, float]]:
    """For each size its run with the median of `seconds`: the sizes take turns, so that a
    machine that becomes slower or faster meanwhile hits all of them."""
    rounds = [{size: run(module, size) for size in sizes} for _ in range(ROUNDS)]
    return {size: _middle([one[size] for one in rounds]) for size in sizes}


def run(module: str, size: int) -> dict[str, float]:
    """What `python -m <module> <size>` prints: one JSON object."""
    command = [sys.executable, "-m", module, str(size)]
    said = subprocess.run(command, cwd=ROOT, env=_ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def peak() -> int:
    """The most memory that this process has had, in bytes. Not `ru_maxrss`, which a new process
    takes over from the one that started it."""
    told = Path("/proc/self/status").read_text().partition("VmHWM:")[2]
    return int(told.split()[0]) * 1024


def _middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    return sorted(rounds, key=lambda found: found["seconds"])[len(rounds) // 2]
