"""What the deployment package holds, and in which form: byte code, packed zones, little else.

A function starts in about a third of the time if nothing has to be compiled, and the code is
fetched before that: docs/decisions/0017-what-the-package-holds.md tells the figures.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from devtools import byte_code, service_data

SERVICE_DATA = "chalicelib/service_data"
ZONES = "zones.zip"
# Prints the docstrings of views and of the types that the OpenAPI document shows.
SHOWN = """
import json
import app
from chalicelib.api.openapi_document import document
schemas = document(app.app.routes, "/")["components"]["schemas"].values()
views = [each.view_function for of in app.app.routes.values() for each in of.values()]
told = [each.get("description") for each in schemas] + [view.__doc__ for view in views]
print(json.dumps([each for each in told if each]))
"""
DATE = (1980, 1, 1, 0, 0, 0)
# For type checkers.
UNNEEDED = {".pyi", ".typed"}
LICENCES = ("LICEN", "NOTICE")
LICENCES_OF_ALL = "licences.txt"
UNUSED = ("requests/help.py",)  # a report for bug trackers
# Other names for urllib3 and idna, for programs of 2015. Nothing else imports idna before a host
# name is beyond ASCII, so it is not shipped.
OTHER_NAMES = "requests/packages.py"
# Where packagers of requests say which certificates are trusted, as its docstring tells.
TRUSTED = "requests/certs.py"
AS_BOTOCORE = """from botocore.httpsession import get_cert_path


def where():
    return get_cert_path(True)
"""
# The modules of each lie in one zip: compressed as one they are a third smaller than one by one.
# Python reads them there as fast as from files.
PACKED = ("chalicelib", "msgspec", "pynamodb", "requests")
MODULES = "modules.zip"
# Every zone of tzdata lies in this zip: 600 small files cost 0.3 MB, one costs 0.07 MB.
FIND = '__path__.append(__path__[0] + "/{}")\n'
FUTURE = "from __future__ import annotations\n"


def prepare(folder: Path, project: Path) -> None:
    """Turn what chalice packaged from the project, unzipped into the folder, into what is
    shipped."""
    _join_licences(folder)
    _leave_out(folder)
    (folder / TRUSTED).write_text(AS_BOTOCORE)
    (folder / OTHER_NAMES).write_text("")
    _pack_zones(folder / "tzdata")
    for part in PACKED:
        _let_find(folder / part / "__init__.py", MODULES)
    _compile(folder, project)
    for part in PACKED:
        _pack_modules(folder / part)
    service_data.write(folder / SERVICE_DATA, project / ".chalice" / "policies")


def write_zip(folder: Path, target: Path) -> None:
    """The same content gives the same bytes: sorted names and one date."""
    content = {str(path.relative_to(folder)): path.read_bytes() for path in _files(folder)}
    _write_zip(target, sorted(content.items()), zipfile.ZIP_DEFLATED)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _join_licences(folder: Path) -> None:
    """In one file, as some are the same; what else pip notes down goes."""
    found = [
        f"{path.relative_to(folder)}\n\n{path.read_text().strip()}\n"
        for notes in sorted(folder.glob("*.dist-info"))
        for path in _files(notes)
        if any(word in path.name.upper() for word in LICENCES)
    ]
    (folder / LICENCES_OF_ALL).write_text("\n\n".join(found))
    for notes in folder.glob("*.dist-info"):
        shutil.rmtree(notes)


def _leave_out(folder: Path) -> None:
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for path in list(_files(folder)):
        if path.suffix in UNNEEDED or "__pycache__" in path.parts:
            path.unlink()
    for name in UNUSED:
        (folder / name).unlink()


def _pack_zones(tzdata: Path) -> None:
    """One zip in place of a file for every zone; Python reads packages from zips by itself."""
    zoneinfo = tzdata / "zoneinfo"
    kept = [path for path in _files(zoneinfo) if path.suffix == ".py" or _is_zone(path)]
    content = [(str(path.relative_to(tzdata)), path.read_bytes()) for path in kept]
    _write_zip(tzdata / ZONES, sorted(content, key=_rule_first), zipfile.ZIP_STORED)
    shutil.rmtree(zoneinfo)
    _let_find(tzdata / "__init__.py", ZONES)


def _rule_first(zone: tuple[str, bytes]) -> tuple[bytes, bytes, str]:
    """By the rule of its future, the last line of the file: equal zones and similar ones lie side
    by side, so that the outer zip's compression sees them together."""
    name, content = zone
    return content.rstrip(b"\n").rpartition(b"\n")[2], content, name


def _let_find(init: Path, archive: str) -> None:
    """Python looks into the archive, too, from the first import on that the package makes."""
    before, future, after = init.read_text().rpartition(FUTURE)
    init.write_text(f"{before}{future}{FIND.format(archive)}{after}")


def _pack_modules(package: Path) -> None:
    """All but what makes the package find them and extensions, which must be files."""
    kept = (package / "__init__.pyc", *package.glob("*.so"))
    packed = [path for path in _files(package) if path not in kept]
    content = [(str(path.relative_to(package)), path.read_bytes()) for path in packed]
    for path in packed:
        path.unlink()
    for path in [path for path in package.iterdir() if path.is_dir()]:
        shutil.rmtree(path)
    _write_zip(package / MODULES, content, zipfile.ZIP_STORED)


def _is_zone(path: Path) -> bool:
    return path.read_bytes()[:4] == b"TZif"


def _compile(folder: Path, project: Path) -> None:
    """Byte code in place of sources. It fits one minor version of Python, as msgspec's extension
    does anyway: the one that builds."""
    command = [sys.executable, "-I", byte_code.__file__, str(folder)]
    shown = json.dumps(_shown_docstrings(project))
    subprocess.run(command, input=shown, text=True, check=True)


def _shown_docstrings(project: Path) -> list[str]:
    """Those that the OpenAPI document is made from."""
    command = [sys.executable, "-B", "-c", SHOWN]
    done = subprocess.run(command, cwd=project, stdout=subprocess.PIPE, text=True, check=True)
    return [byte_code.on_one_line(told) for told in json.loads(done.stdout)]


def _write_zip(target: Path, content: Iterable[tuple[str, bytes]], method: int) -> None:
    with zipfile.ZipFile(target, "w") as new:
        for name, raw in content:
            entry = zipfile.ZipInfo(name, date_time=DATE)
            entry.external_attr = 0o644 << 16
            new.writestr(entry, raw, method, compresslevel=9)
