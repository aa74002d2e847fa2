"""Bytes of the deployment package, and of the naive one beside it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from devtools import package, package_content
from devtools.benchmark.results import Result

MOST_ZIPPED = 1.0
UNIT = "MB"


def measure(naive: Path | None, scratch: Path) -> Iterator[Result]:
    """Zipped and unzipped; the naive package, unzipped in a folder, is a figure if there is one."""
    built = package.build().code
    yield _result("package_zipped", built.stat().st_size, MOST_ZIPPED)
    yield _result("package_unzipped", _unzipped(built), None)
    if naive is not None:
        zipped = scratch / "naive.zip"
        package_content.write_zip(naive, zipped)
        yield _result("package_naive_zipped", zipped.stat().st_size, None)
        yield _result("package_naive_unzipped", _unzipped(zipped), None)


def _unzipped(code: Path) -> int:
    with zipfile.ZipFile(code) as content:
        return sum(entry.file_size for entry in content.infolist())


def _result(name: str, size: int, goal: float | None) -> Result:
    return Result(name=name, value=round(size / 1e6, 3), unit=UNIT, goal=goal)
