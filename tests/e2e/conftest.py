"""The production template, packaged and deployed on the embedded AWS with IAM enforced, once.

Its schedules stand still: tests run them by hand, and test_schedules.py lets one go.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

import msgspec
import pytest

from chalicelib.usecases.start_daily_metrics import LOOK_BACK
from devtools.local_aws.stack import Stack
from devtools.package import ROOT
from devtools.scenario import world
from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop

# It stops everything when its standard input ends: also when we are killed.
ATTACHED = """
import sys
from devtools.local_aws import stack
with stack.attached(lambda text: print(text, flush=True)):
    print("up", flush=True)
    sys.stdin.read()
"""
SEED = "2"  # ids of messages other than those that test_upgrade's rows were recorded with
MONDAY = datetime(2027, 1, 4, 10, tzinfo=UTC)  # noon would be 13:00 in Istanbul: all are open
WEEKS_OF_LOOKING_BACK = LOOK_BACK // timedelta(weeks=1) + 1
_weeks = count()


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("e2e")
    with subprocess.Popen(
        [sys.executable, "-c", ATTACHED],
        env=os.environ | {"HEARBACK_LOCAL": str(home), "HEARBACK_SEED": SEED},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield _connected(process, home)
        finally:
            process.communicate(timeout=180)


@pytest.fixture
def shop(running: Shop) -> Shop:
    """The running stack on a Monday morning of its own; every test has its own week."""
    running.go_to(MONDAY + timedelta(weeks=next(_weeks)))
    return running


@pytest.fixture
def counted(running: Shop) -> Shop:
    """The same, with the metrics of yesterday computed and nothing else within the time in which
    the schedule looks for missed days: it has only the test's own days to catch up."""
    later = next(islice(_weeks, WEEKS_OF_LOOKING_BACK, None))
    running.go_to(MONDAY + timedelta(weeks=later))
    running.count_yesterday(PAGE, PROFESSIONAL, NUMBER)
    return running


def _connected(process: subprocess.Popen[str], home: Path) -> Shop:
    said = _until_up(process)
    assert said[-1:] == ["up"], "the stack did not start:\n" + "\n".join(said)
    stack = msgspec.json.decode((home / "stack.json").read_bytes(), type=Stack)
    known = world.connect(stack)
    shop = Shop(known.stack, known.outputs, known.aws, home)
    shop.stop_schedules()
    return shop


def _until_up(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line.strip())
        if said[-1] == "up":
            break
    return said
