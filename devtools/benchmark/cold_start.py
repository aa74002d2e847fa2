"""Processor time of a cold start: a fresh interpreter, the function's imports, its first clients.

Ours is the unzipped package beside a folder with what the Lambda runtime has, compiled; whether
Lambda's own copy is compiled is not known, so the webhook is also measured with one that is not.
The rival is the naive package: everything is imported, nothing is compiled, clients are boto3's.
"""

from __future__ import annotations

import compileall
import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from py_compile import PycInvalidationMode
from statistics import median

from msgspec import Struct

from devtools import package
from devtools.benchmark.results import Result

ROUNDS = 7
MOST = 1 / 3
MOST_FOR_THE_WEBHOOK = 1 / 4
WEBHOOK = "receive"
UNIT = "ms"
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html (read 2026-11-22)
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "STAGE": "bench",
}
_TABLES = """
from chalicelib.adapters import aws
from chalicelib.storage import connect
connect("eu-west-1", aws.session).client
"""
_WORKER = "import app\nfrom chalicelib import bootstrap\nbootstrap.live()\n"


class Start(Struct, frozen=True):
    """What a function does before its first call, and which AWS services that call and the next
    need."""

    code: str
    services: tuple[str, ...]


def _worker(use_case: str) -> Start:
    return Start(f"{_WORKER}from chalicelib.usecases import {use_case}\n{_TABLES}", ("dynamodb",))


STARTS: Mapping[str, Start] = {
    WEBHOOK: Start(
        "from chalicelib import webhook\nwebhook._live()\n"
        "from chalicelib.adapters import aws\naws.client('ssm'), aws.client('sqs')\n",
        ("ssm", "sqs"),
    ),
    "api_handler": Start(f"{_WORKER}bootstrap.api_keys()\n{_TABLES}", ("dynamodb",)),
    "process_events": _worker("process_batch"),
    "store_quarantined": Start(
        f"{_WORKER}from chalicelib.usecases import store_quarantined\n"
        "from chalicelib.adapters import aws\naws.client('s3')\n",
        ("s3",),
    ),
    "send_due": _worker("send_due"),
    "run_campaign": _worker("run_campaign"),
    "start_daily_metrics": _worker("start_daily_metrics"),
    "compute_day": _worker("compute_asked_day"),
}


class Build(Struct, frozen=True):
    """An unzipped package and what lies beside it on the path."""

    folders: tuple[Path, ...]

    def cpu(self, code: str) -> float:
        """Milliseconds of processor time of a fresh interpreter that runs the code and ends."""
        start = f"import sys; sys.path[:0] = {[str(folder) for folder in self.folders]}\n"
        python = [sys.executable, "-I", "-S", "-B", "-c", start + code]
        process = subprocess.Popen(python, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"a cold start failed:\n{code}")
        return (used.ru_utime + used.ru_stime) * 1000


def measure(naive: Path, scratch: Path) -> Iterator[Result]:
    """Each function against the naive build with the same clients."""
    runtime, ours = scratch / "runtime", scratch / "ours"
    _lay_out_runtime(runtime, is_compiled=True)
    with zipfile.ZipFile(package.build().code) as code:
        code.extractall(ours)
    for name, start in STARTS.items():
        goal = MOST_FOR_THE_WEBHOOK if name == WEBHOOK else MOST
        yield _compared(f"cold_{name}", Build((ours, runtime)), Build((naive,)), start, goal)
    _lay_out_runtime(scratch / "uncompiled", is_compiled=False)
    beside_sources = Build((ours, scratch / "uncompiled"))
    name = f"cold_{WEBHOOK}_runtime_uncompiled"
    yield _compared(name, beside_sources, Build((naive,)), STARTS[WEBHOOK], None)


def _compared(name: str, ours: Build, naive: Build, start: Start, goal: float | None) -> Result:
    everything = _everything(naive.folders[0], start.services)
    rounds = [(ours.cpu(start.code), naive.cpu(everything)) for _ in range(ROUNDS)]
    return Result(
        name=name,
        value=round(median(mine for mine, _ in rounds), 1),
        unit=UNIT,
        floor=round(median(theirs for _, theirs in rounds), 1),
        ratio=round(median(mine / theirs for mine, theirs in rounds), 3),
        goal=goal,
    )


def _everything(naive: Path, services: Sequence[str]) -> str:
    """All modules of ours and all libraries, then a boto3 client of each service."""
    modules = sorted(
        ".".join(path.relative_to(naive).with_suffix("").parts).removesuffix(".__init__")
        for path in (naive / "chalicelib").rglob("*.py")
    )
    imports = ", ".join(["app", *modules, "boto3", "pynamodb.models", "requests"])
    clients = "".join(f"boto3.client({service!r})\n" for service in services)
    return f"import {imports}\n{clients}"


def _lay_out_runtime(folder: Path, *, is_compiled: bool) -> None:
    folder.mkdir()
    for name in RUNTIME:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"{name} is not installed")
        origin = Path(spec.origin)
        _copy(origin.parent if origin.name == "__init__.py" else origin, folder)
    if is_compiled:
        mode = PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(folder, quiet=1, invalidation_mode=mode)


def _copy(source: Path, folder: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, folder / source.name, ignore=ignored)
    else:
        shutil.copy(source, folder)
