"""The deployment package: one zip for all functions and the template. Built only on change.

`python -m devtools.package` prints where it is. `--libraries` only fetches what is shipped with
the code (the set-up does that); after it, building needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from devtools import byte_code, package_content, service_data

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
SOURCES = ("app.py", "chalicelib", ".chalice/config.json", ".chalice/policies", "infra/merge.yaml")
REQUIREMENTS = ("requirements.txt", "requirements-vendor.txt")
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64"}  # of machines, in Lambda's words
MACHINES = {architecture: machine for machine, architecture in ARCHITECTURES.items()}
HERE = platform.machine()
# glibc of Amazon Linux 2, where python3.11 runs: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
MANYLINUX = (
    "manylinux_2_17",
    "manylinux2014",
    "manylinux_2_12",
    "manylinux2010",
    "manylinux_2_5",
    "manylinux1",
)
BUILDERS = tuple(
    Path(str(each.__file__))
    for each in (sys.modules[__name__], byte_code, package_content, service_data)
)
CODE = "code.zip"
TEMPLATE = "template.yaml"


@dataclass(frozen=True, slots=True)
class Package:
    """What a stack is made from; equal digests mean equal packages."""

    template: Path
    code: Path
    digest: str


def build(root: Path = ROOT, local: Path = LOCAL, machine: str = HERE) -> Package:
    """The package of the sources as they are now. For another kind of machine than this one its
    libraries are fetched first, which needs a package index."""
    digest = fingerprint(root, machine)
    folder = local / "package" / digest
    if not folder.exists():
        _build(root, local, folder, machine)
    return Package(folder / TEMPLATE, folder / CODE, digest)


def fingerprint(root: Path, machine: str = HERE) -> str:
    """Changes with everything that goes into the package."""
    known = hashlib.sha256(f"{sys.version_info[:2]} {machine}".encode())
    known.update(metadata.version("botocore").encode())
    for path in [*_files(root, SOURCES), *_files(root, REQUIREMENTS), *BUILDERS]:
        known.update(f"{path.name}\0".encode())
        known.update(hashlib.sha256(path.read_bytes()).digest())
    return known.hexdigest()[:16]


def libraries(root: Path, local: Path, machine: str = HERE) -> Path:
    """A folder with the libraries that are shipped, fetched if it does not exist yet."""
    pinned = b"\0".join((root / name).read_bytes() for name in REQUIREMENTS)
    key = hashlib.sha256(pinned + f"{sys.version_info[:2]} {machine}".encode()).hexdigest()[:16]
    target = local / "libraries" / key
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            _fetch(root, Path(scratch) / "new", machine)
            _move(Path(scratch) / "new", target)
    return target


def _files(root: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        found = root / name
        paths = sorted(found.rglob("*")) if found.is_dir() else [found]
        yield from (path for path in paths if path.is_file() and "__pycache__" not in path.parts)


def _build(root: Path, local: Path, folder: Path, machine: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        project, out, ready = (Path(scratch) / name for name in ("project", "out", "ready"))
        _stage(root, project, libraries(root, local, machine), ARCHITECTURES[machine])
        _run_chalice(project, out)
        ready.mkdir()
        _copy_template(out / "sam.yaml", ready / TEMPLATE)
        _finish(out / "deployment.zip", Path(scratch) / "content", project, ready / CODE)
        _move(ready, folder)


def _stage(root: Path, project: Path, vendor: Path, architecture: str) -> None:
    """A copy without requirements: chalice finds the libraries in vendor/ and runs no pip."""
    for path in _files(root, SOURCES):
        copy = project / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    shutil.copytree(vendor, project / "vendor")
    config = project / ".chalice" / "config.json"
    settings = json.loads(config.read_text())
    for each in (settings, settings["stages"]["package"]):
        each["lambda_architecture"] = architecture
    config.write_text(json.dumps(settings))


def _run_chalice(project: Path, out: Path) -> None:
    command: list[str | Path] = [
        Path(sys.executable).with_name("chalice"),
        "--project-dir",
        project,
        "package",
        "--stage",
        "package",
    ]
    command += [
        "--merge-template",
        project / "infra" / "merge.yaml",
        "--template-format",
        "yaml",
        out,
    ]
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"chalice package failed:\n{done.stdout}{done.stderr}")


class _Plain(yaml.SafeDumper):
    """CloudFormation refuses YAML aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _copy_template(source: Path, target: Path) -> None:
    template = yaml.safe_load(source.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = CODE
    target.write_text(yaml.dump(template, Dumper=_Plain, sort_keys=False, width=100))


def _finish(source: Path, content: Path, project: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as packaged:
        packaged.extractall(content)
    package_content.prepare(content, project)
    package_content.write_zip(content, target)


def _fetch(root: Path, target: Path, machine: str) -> None:
    platforms = [f"--platform={name}_{machine}" for name in MANYLINUX]
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--only-binary=:all:",
        *platforms,
    ]
    pip += [
        "--implementation=cp",
        f"--python-version={sys.version_info[0]}.{sys.version_info[1]}",
        f"--target={target}",
    ]
    subprocess.run([*pip, "-r", root / "requirements.txt"], check=True)
    # Without what it depends on: botocore is part of the Lambda runtime, and 25 MB.
    subprocess.run([*pip, "--no-deps", "-r", root / "requirements-vendor.txt"], check=True)


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        if not target.exists():  # else another process was faster
            raise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libraries", action="store_true", help="only fetch the libraries")
    if parser.parse_args().libraries:
        libraries(ROOT, LOCAL)
        return
    package = build()
    print(f"{package.code} ({package.code.stat().st_size:,} bytes)\n{package.template}")


if __name__ == "__main__":
    main()
