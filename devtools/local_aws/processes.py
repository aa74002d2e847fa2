"""Starting and stopping the programs of the local stack, so that none is left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.local_aws import loopback

PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 30.0


class StartError(Exception):
    """A program did not come up; the message shows the end of its log."""


def start(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    cwd: Path,
    is_attached: bool,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own. An attached one is ended when we die."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent if is_attached else None,
        )


def stop(pid: int) -> None:
    """SIGTERM, time to save its state, then the whole group is ended. Nothing if it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """True while the process lives; a child of ours that has ended is collected."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return _state(pid) != "Z"


def wait_until_up(
    process: subprocess.Popen[bytes], url: str, log: Path, seconds: float = 60.0
) -> None:
    """Returns once the address answers. Raises StartError if the program ends or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"{url} ended with status {process.returncode}:\n{_tail(log)}")
        if loopback.answers(url):
            return
        time.sleep(0.1)
    raise StartError(f"{url} did not answer within {seconds:.0f} seconds:\n{_tail(log)}")


def free_port(wanted: str | None, last: int | None) -> int:
    """The wanted port or an error, else last time's or any that is free; on loopback."""
    for port in (int(wanted),) if wanted else (last, 0):
        if port is not None and (found := _bindable(port)):
            return found
    raise StartError(f"port {wanted} is taken")


def is_program(pid: int, words: str) -> bool:
    """Does this process run, and is it the program we started? Process ids are used again."""
    if not is_running(pid):
        return False
    with contextlib.suppress(OSError):
        return words in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return False


def _bindable(port: int) -> int | None:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])
    return None


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return "Z"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
