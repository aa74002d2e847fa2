"""Where the rivals live: a virtual environment and a Node folder in .local, made when first needed.

Both need a package index the first time. Nothing of theirs gets into our own environment.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from devtools.package import LOCAL

SOURCES = Path(__file__).parent / "peers"
HOME = LOCAL / "bench-peers"
# Of what bottender itself needs, what was there on this day.
NODE_AS_OF = "2026-11-22"
MINUTES = 5


class MissingError(Exception):
    """It cannot be set up here; the message says why."""


def python() -> Path:
    """The interpreter that has the Python rivals. Raises MissingError."""
    pins = SOURCES / "requirements.txt"
    return _made("venv", _key(pins, sys.version), _fill_venv) / "bin" / "python"


def node() -> Path:
    """The folder with the Node rival. Raises MissingError."""
    if shutil.which("npm") is None:
        raise MissingError("there is no Node here")
    return _made("node", _key(SOURCES / "package.json", NODE_AS_OF), _fill_node)


def _fill_venv(folder: Path) -> None:
    _run(sys.executable, "-m", "venv", folder)
    quiet = ("--quiet", "--disable-pip-version-check", "--retries", "1")
    pins = ("-r", SOURCES / "requirements.txt")
    _run(folder / "bin" / "python", "-m", "pip", "install", *quiet, *pins)


def _fill_node(folder: Path) -> None:
    folder.mkdir()
    shutil.copy(SOURCES / "package.json", folder)
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1")
    patience = "--fetch-timeout=30000"
    _run("npm", "install", "--prefix", folder, "--before", NODE_AS_OF, patience, *quiet)


def _made(name: str, key: str, fill: Callable[[Path], None]) -> Path:
    """The filled folder. A virtual environment knows its own path, so it is made in place."""
    folder = HOME / f"{name}-{key}"
    done = folder / ".done"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    try:
        fill(folder)
    except (subprocess.SubprocessError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise MissingError("no package index answers") from error
    done.touch()
    return folder


def _run(*words: str | Path) -> None:
    with tempfile.TemporaryFile() as said:
        subprocess.run(words, check=True, stdout=said, stderr=said, timeout=MINUTES * 60)


def _key(pins: Path, more: str) -> str:
    return hashlib.sha256(pins.read_bytes() + more.encode()).hexdigest()[:12]
