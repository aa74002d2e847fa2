"""A measurement in a process of its own, so that what ran before has no part in its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from devtools.package import ROOT

_ENVIRONMENT = os.environ | {"AWS_DEFAULT_REGION": "eu-west-1"}


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
