"""`make run`: the shop's day on a machine that never ran it, and again on one that did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.package import ROOT

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("day")


def play(home: Path) -> list[str]:
    """What a reader sees, if the day ended well."""
    played = subprocess.run(
        [sys.executable, "-m", "devtools.scenario", "--once"],
        env=os.environ | {"HEARBACK_LOCAL": str(home)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=900,  # of a machine that does much else
    )
    assert played.returncode == 0, played.stdout + played.stderr
    return played.stdout.splitlines()


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_day_ends_with_its_numbers_and_its_notification(home: Path, time: str) -> None:
    lines = play(home)
    assert "Response rate 83%: 5 of 6 waits answered within 24 hours" in lines
    assert sum(line.startswith("Notification to Dora") for line in lines) == 1
    assert any("[as HUMAN_AGENT]" in line and "Mia" in line for line in lines)
    assert "  an automated message to Ana on day three (asked, not sent)" in lines
    assert "  Messenger  1 permitted, one_time_token" in lines
    assert sum(line.startswith("  2026-04-2") for line in lines) == 2
