"""The stack on this machine: up from the production template, persistent, gone without trace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from devtools.package import ROOT

pytestmark = pytest.mark.e2e

KEYS = {
    *("webhook_url", "api_url", "api_key", "app_secret", "verify_token", "graph_url"),
    *("aws_endpoint_url", "region", "stack_name", "channels"),
}
ATTACHED = """
import time
from devtools.local_aws import stack
with stack.attached(lambda text: None):
    print("up", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stack of our own."""
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[dict[str, Any]]:
    """What stack.json says while the stack is up."""
    _command(home, "up")
    yield json.loads((home / "stack.json").read_text())
    _command(home, "down")


def _command(home: Path, word: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devtools.local_aws", word]
    return subprocess.run(
        command, env=_environment(home), cwd=ROOT, check=True, capture_output=True, text=True
    )


def _second_start(home: Path) -> tuple[str, float]:
    """What it says, and how many seconds it takes."""
    _command(home, "down")
    began = time.monotonic()
    said = _command(home, "up").stdout
    return said, time.monotonic() - began


def _environment(home: Path) -> dict[str, str]:
    return os.environ | {"HEARBACK_LOCAL": str(home)}


def _processes_of(home: Path) -> list[int]:
    """Programs and functions inherit the stack's folder in their environment."""
    environments = Path("/proc").glob("[0-9]*/environ")
    return [int(path.parent.name) for path in environments if str(home) in _content(path)]


def _content(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _handshake(stack: dict[str, Any], token: str) -> requests.Response:
    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    return requests.get(stack["webhook_url"], params=asked, timeout=30)


def test_stack_json_has_the_keys_that_visitors_rely_on(running: dict[str, Any]) -> None:
    assert set(running) == KEYS


def test_meta_can_shake_hands(running: dict[str, Any]) -> None:
    answer = _handshake(running, running["verify_token"])
    assert (answer.status_code, answer.text) == (200, "1158201444")


def test_a_wrong_verify_token_is_refused(running: dict[str, Any]) -> None:
    assert _handshake(running, "wrong").status_code == 403


def test_every_channel_is_connected(running: dict[str, Any]) -> None:
    key = {"Authorization": f"Bearer {running['api_key']}"}
    answer = requests.get(f"{running['api_url']}/v1/channels", headers=key, timeout=30)
    known = {(each["channel_id"], each["time_zone"]) for each in answer.json()["items"]}
    assert known == {(each["channel_id"], each["time_zone"]) for each in running["channels"]}


def test_a_second_start_keeps_the_state_and_takes_less_than_15_seconds(
    running: dict[str, Any], home: Path
) -> None:
    starts = (_second_start(home) for _ in range(3))  # on a busy machine one may be slow
    said = next(said for said, seconds in starts if seconds < 15)
    assert "up to date" in said
    assert "Connecting" not in said
    assert json.loads((home / "stack.json").read_text()) == running


def test_the_stand_in_is_started_anew_where_the_webhook_has_moved(
    running: dict[str, Any], home: Path
) -> None:
    elsewhere = {"webhook_url": "http://127.0.0.1:1/elsewhere"}
    (home / "stack.json").write_text(json.dumps(running | elsewhere))
    assert "Starting the stand-in" in _command(home, "up").stdout
    assert "Starting the stand-in" not in _command(home, "up").stdout


def test_down_leaves_no_process_behind(running: dict[str, Any], home: Path) -> None:
    _command(home, "down")
    assert _processes_of(home) == []
    assert not (home / "stack.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_attached_stack_leaves_no_process_behind(number: signal.Signals, home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ATTACHED],
        env=_environment(home),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(number)
    _wait_until_gone(home)
    assert _processes_of(home) == []


def _wait_until_gone(home: Path) -> None:
    """After a kill -9 the programs end by themselves, saving their state first."""
    deadline = time.monotonic() + 60
    while _processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.1)
