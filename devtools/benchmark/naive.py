"""The package that `chalice package` makes of a project which lists all it imports: to compare."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

from devtools.package import LOCAL, ROOT

LISTED = ("boto3", "chalice", "msgspec", "pynamodb", "requests", "tzdata")
SMALLEST_APP = """from chalice import Chalice

app = Chalice(app_name="naive")
app.route("/")(dict)
"""


def build(folder: Path) -> Path:
    """Unzipped into the folder: the libraries as chalice packages them, our sources beside them.

    Needs a package index the first time. Raises CalledProcessError without one.
    """
    with zipfile.ZipFile(_libraries()) as libraries:
        libraries.extractall(folder)
    (folder / "app.py").unlink()
    shutil.copy(ROOT / "app.py", folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=ignored, dirs_exist_ok=True)
    return folder


def _libraries() -> Path:
    """What `chalice package` makes of the smallest application with these requirements."""
    pinned = "".join(f"{name}=={metadata.version(name)}\n" for name in LISTED)
    key = hashlib.sha256(f"{sys.version_info[:2]} {pinned}".encode()).hexdigest()[:16]
    target = LOCAL / "naive" / f"{key}.zip"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            _package(Path(scratch), pinned).rename(target)
    return target


def _package(scratch: Path, requirements: str) -> Path:
    project, out = scratch / "project", scratch / "out"
    (project / ".chalice").mkdir(parents=True)
    (project / "app.py").write_text(SMALLEST_APP)
    (project / "requirements.txt").write_text(requirements)
    config = {"version": "2.0", "app_name": "naive", "stages": {"dev": {}}}
    (project / ".chalice" / "config.json").write_text(json.dumps(config))
    chalice = Path(sys.executable).with_name("chalice")
    command: list[str | Path] = [chalice, "--project-dir", project, "package", out]
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return out / "deployment.zip"
