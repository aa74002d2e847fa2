"""Where the local stack keeps its things: in the ignored folder .local.

HEARBACK_LOCAL names another folder, so that a second stack (the tests') disturbs nobody.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from devtools.package import ROOT

LOCAL = Path(os.environ.get("HEARBACK_LOCAL", ROOT / ".local")).absolute()
AWS_STATE = LOCAL / "aws"
META_STATE = LOCAL / "meta"
LOGS = LOCAL / "logs"
CLOCK = LOCAL / "clock.json"
PORTS = LOCAL / "ports.json"
SECRETS = LOCAL / "secrets.json"
PROCESSES = LOCAL / "processes.json"
STACK = LOCAL / "stack.json"
# What `make reset` forgets. Packages and libraries stay: they depend on the sources only.
FORGOTTEN = (AWS_STATE, META_STATE, LOGS, CLOCK, PORTS, SECRETS, PROCESSES, STACK)

__all__ = ["LOCAL", "ROOT"]


def read(path: Path) -> dict[str, Any]:
    """The JSON object in the file, empty if there is no file."""
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.replace(path)
