"""Who may import whom. docs/architecture.md tells why."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
STAND_IN = sorted((ROOT / "devtools" / "simulator").glob("*.py"))

# Each part of chalicelib, and the parts that it may import. Outward is never in the list.
INWARD = {
    "core": {"core"},
    "config": set(),
    "registry": set(),
    "platforms": {"platforms", "core", "registry"},
    "ports": {"ports", "config", "platforms", "core"},
    "catalogue": {"registry", "platforms", "core"},
    "storage": {"storage", "ports", "config", "core"},
    "adapters": {"adapters", "ports", "config", "platforms", "core"},
    "usecases": {"usecases", "ports", "catalogue", "platforms", "core"},
    "api": {"api", "bootstrap", "usecases", "ports", "core"},
    "bootstrap": {"config", "ports", "storage", "adapters", "core"},
    "webhook": {"config", "ports", "adapters", "usecases", "core"},  # a composition root of its own
    "app": {"api", "bootstrap", "webhook", "usecases"},
}
# What only these modules may name. Of third parties, msgspec alone may be named anywhere.
ONLY_IN = {
    "chalice": ("app", "chalicelib.api"),
    "pynamodb": ("chalicelib.storage",),
    "requests": ("chalicelib.adapters",),
    "urllib3": ("chalicelib.adapters",),
    "botocore": ("chalicelib.adapters", "chalicelib.storage._connection"),
    "os": ("chalicelib.config",),
    "importlib.import_module": ("chalicelib.registry",),
    "datetime.datetime.now": ("chalicelib.adapters.clock",),
    "datetime.datetime.utcnow": (),
    "datetime.datetime.today": (),
    "datetime.date.today": (),
    # Seconds that passed, for caches and connections: no time of day.
    "time": (
        "chalicelib.adapters.clock",
        *("chalicelib.adapters.secrets", "chalicelib.adapters.graph_api"),
        *("chalicelib.storage.api_keys", "chalicelib.storage.channels"),
    ),
    "time.time": (),
    "time.time_ns": (),
}
PURE = ("chalicelib.core", "chalicelib.platforms")
# The doors of the standard library to the world outside.
IMPURE = {
    *("asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "socket", "ssl"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid"),
}


WHERE_WE_ARE = {"chalicelib", "chalicelib.__path__"}  # the folder, to read data files of


def offences(module: str, source: str) -> list[str]:
    """What the module names and may not."""
    return sorted(name for name in names(source) if not _may_name(module, name))


def names(source: str) -> set[str]:
    """All that is imported, anywhere in the source, and the attributes taken from it."""
    nodes = list(ast.walk(ast.parse(source)))
    known = dict(pair for node in nodes for pair in _imported(node))
    taken = {_dotted(node, known) for node in nodes if isinstance(node, ast.Attribute)}
    return {*known.values(), *taken} - {""}


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The local name and the full one of each import."""
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name, alias.name
        case ast.ImportFrom(module=origin, names=aliases, level=level):
            for alias in aliases:
                yield alias.asname or alias.name, f"{'.' * level}{origin or ''}.{alias.name}"


def _dotted(node: ast.AST, known: dict[str, str]) -> str:
    """`dt.now` as datetime.datetime.now; empty if its root was not imported."""
    match node:
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.Attribute(value=value, attr=attribute):
            root = _dotted(value, known)
            return f"{root}.{attribute}" if root else ""
    return ""


def _may_name(module: str, name: str) -> bool:
    top = name.split(".")[0]
    if name in WHERE_WE_ARE:
        return _part(module) == "adapters"
    if top == "chalicelib":
        return _part(name) in INWARD.get(_part(module), set())
    is_known = top in sys.stdlib_module_names or top in {*ONLY_IN, "msgspec"}
    owners = [owners for what, owners in ONLY_IN.items() if _is_below(what, name)]
    is_owner = all(any(_is_below(owner, module) for owner in allowed) for allowed in owners)
    is_impure = any(_is_below(door, name) for door in IMPURE)
    is_pure = any(_is_below(pure, module) for pure in PURE)
    return is_known and is_owner and not (is_pure and is_impure)


def _part(name: str) -> str:
    return name.split(".")[1] if name.startswith("chalicelib.") else name


def _is_below(parent: str, name: str) -> bool:
    return name == parent or name.startswith(f"{parent}.")


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", SHIPPED, ids=_module)
def test_imports_point_inward(path: Path) -> None:
    assert offences(_module(path), path.read_text()) == []


@pytest.mark.parametrize("path", STAND_IN, ids=_module)
def test_the_stand_in_for_meta_knows_nothing_of_the_product(path: Path) -> None:
    assert not [name for name in names(path.read_text()) if _is_below("chalicelib", name)]


def test_every_part_of_the_package_has_its_rule() -> None:
    parts = {_part(_module(path)) for path in SHIPPED}
    assert parts - {"chalicelib"} == set(INWARD)


@pytest.mark.parametrize(
    ("module", "source", "offence"),
    [
        ("chalicelib.core.x", "from chalicelib import platforms", "chalicelib.platforms"),
        ("chalicelib.core.x", "import boto3", "boto3"),
        ("chalicelib.core.x", "from pathlib import Path", "pathlib.Path"),
        ("chalicelib.platforms.x", "import urllib.request", "urllib.request"),
        ("chalicelib.platforms.x", "from chalicelib import ports", "chalicelib.ports"),
        ("chalicelib.storage.x", "import chalicelib.adapters", "chalicelib.adapters"),
        ("chalicelib.storage.x", "import botocore", "botocore"),
        ("chalicelib.adapters.x", "from chalicelib import storage", "chalicelib.storage"),
        ("chalicelib.adapters.x", "import pynamodb.models", "pynamodb.models"),
        ("chalicelib.usecases.x", "from chalicelib import bootstrap", "chalicelib.bootstrap"),
        ("chalicelib.usecases.x", "from requests import get", "requests.get"),
        ("chalicelib.usecases.x", "import chalice", "chalice"),
        ("chalicelib.webhook", "from chalicelib import storage", "chalicelib.storage"),
        ("chalicelib.api.x", "from chalicelib import storage", "chalicelib.storage"),
        ("chalicelib.adapters.x", "import os\nos.environ", "os.environ"),
        ("chalicelib.api.x", "from devtools import clock", "devtools.clock"),
        ("app", "def late():\n    from tests import fakes", "tests.fakes"),
        ("app", "from . import chalicelib", "..chalicelib"),
        (
            "chalicelib.usecases.x",
            "from datetime import datetime as dt\ndt.now()",
            "datetime.datetime.now",
        ),
        ("chalicelib.storage.channels", "import time\ntime.time()", "time.time"),
        ("chalicelib.storage.messages", "import time\ntime.monotonic()", "time.monotonic"),
    ],
)
def test_a_module_that_reaches_outward_is_found(module: str, source: str, offence: str) -> None:
    assert offence in offences(module, source)
