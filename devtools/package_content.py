"""What the deployment package holds, and in which form: byte code, packed zones, little else.

A function starts in about a third of the time if nothing has to be compiled, and the code is
fetched before that: docs/decisions/0017-what-the-package-holds.md tells the figures.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from devtools import service_data

SERVICE_DATA = "chalicelib/adapters/service_data"
ZONES = "zones.zip"
DOCUMENTED = ("chalicelib/api", "chalicelib/core")  # OpenAPI shows their docstrings
DATE = (1980, 1, 1, 0, 0, 0)
# For type checkers; what pip notes down, but for the licences.
UNNEEDED = {".pyi", ".typed"}
LICENCES = ("LICEN", "NOTICE")
# A report for bug trackers, and what turns host names beyond ASCII into such as DNS knows.
UNUSED = (
    "requests/help.py",
    *(f"idna/{name}.py" for name in ("__main__", "cli", "codec", "compat", "uts46data")),
)
# Where packagers of requests say which certificates are trusted, as its docstring tells.
TRUSTED = "requests/certs.py"
AS_BOTOCORE = """from botocore.httpsession import get_cert_path


def where():
    return get_cert_path(True)
"""
# The modules of each lie in one zip: compressed as one they are a third smaller than one by one.
# Python reads them there as fast as from files. adapters/ holds data beside its code.
PACKED = tuple(f"chalicelib/{name}" for name in ("api", "core", "platforms", "storage", "usecases"))
MODULES = "modules.zip"
# Every zone of tzdata lies in this zip: 600 small files cost 0.3 MB, one costs 0.07 MB.
FIND = '__path__.append(__path__[0] + "/{}")\n'
FUTURE = "from __future__ import annotations\n"


def prepare(folder: Path, policies: Path) -> None:
    """Turn what chalice packaged, unzipped into the folder, into what is shipped."""
    _leave_out(folder)
    service_data.write(folder / SERVICE_DATA, policies)
    (folder / TRUSTED).write_text(AS_BOTOCORE)
    _pack_zones(folder / "tzdata")
    for part in PACKED:
        _let_find(folder / part / "__init__.py", MODULES)
    _compile(folder)
    for part in PACKED:
        _pack_modules(folder / part)


def write_zip(folder: Path, target: Path) -> None:
    """The same content gives the same bytes: sorted names and one date."""
    content = {str(path.relative_to(folder)): path.read_bytes() for path in _files(folder)}
    _write_zip(target, sorted(content.items()), zipfile.ZIP_DEFLATED)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _leave_out(folder: Path) -> None:
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for path in list(_files(folder)):
        if path.suffix in UNNEEDED or "__pycache__" in path.parts or _is_note(path):
            path.unlink()
    for name in UNUSED:
        (folder / name).unlink()


def _is_note(path: Path) -> bool:
    notes = [part for part in path.parts if part.endswith(".dist-info")]
    return bool(notes) and not any(word in path.name.upper() for word in LICENCES)


def _pack_zones(tzdata: Path) -> None:
    """One zip in place of a file for every zone; Python reads packages from zips by itself."""
    zoneinfo = tzdata / "zoneinfo"
    kept = [path for path in _files(zoneinfo) if path.suffix == ".py" or _is_zone(path)]
    # Equal zones lie side by side, so that the outer zip's compression sees them together.
    by_content = sorted((path.read_bytes(), str(path.relative_to(tzdata))) for path in kept)
    _write_zip(tzdata / ZONES, [(name, raw) for raw, name in by_content], zipfile.ZIP_STORED)
    shutil.rmtree(zoneinfo)
    _let_find(tzdata / "__init__.py", ZONES)


def _let_find(init: Path, archive: str) -> None:
    """Python looks into the archive, too, from the first import on that the package makes."""
    before, future, after = init.read_text().rpartition(FUTURE)
    init.write_text(f"{before}{future}{FIND.format(archive)}{after}")


def _pack_modules(package: Path) -> None:
    modules = [path for path in _files(package) if path != package / "__init__.pyc"]
    content = [(str(path.relative_to(package)), path.read_bytes()) for path in modules]
    for path in package.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path in modules:
            path.unlink()
    _write_zip(package / MODULES, content, zipfile.ZIP_STORED)


def _is_zone(path: Path) -> bool:
    return path.read_bytes()[:4] == b"TZif"


def _compile(folder: Path) -> None:
    """Byte code in place of sources, without what marks columns in tracebacks; lines stay.

    It fits one minor version of Python, as msgspec's extension does anyway: the one that builds.
    """
    _compile_below(folder, ".", optimisation="2")  # without docstrings
    for part in DOCUMENTED:
        _compile_below(folder, part, optimisation="0")
    for path in list(_files(folder)):
        if path.suffix == ".py":
            path.unlink()


def _compile_below(folder: Path, part: str, *, optimisation: str) -> None:
    python = [sys.executable, "-I", "-X", "no_debug_ranges", "-m", "compileall"]
    how = ["-q", "-f", "-b", "-o", optimisation, "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*python, *how, "-s", folder, folder / part], check=True)


def _write_zip(target: Path, content: Iterable[tuple[str, bytes]], method: int) -> None:
    with zipfile.ZipFile(target, "w", method, compresslevel=9) as new:
        for name, raw in content:
            entry = zipfile.ZipInfo(name, date_time=DATE)
            entry.external_attr, entry.compress_type = 0o644 << 16, method
            new.writestr(entry, raw)
