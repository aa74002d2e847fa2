"""The deployment package: complete, small, the same from the same sources, and only what ships."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from devtools import package

pytestmark = pytest.mark.slow

# What the Lambda runtime brings along: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
IN_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six")
LARGEST = 3_000_000  # bytes: the console still shows the code, cold starts stay short
SHIPPED = {
    *("app.py", "chalicelib", "chalice"),
    *("msgspec", "pynamodb", "requests", "tzdata"),
    *("certifi", "charset_normalizer", "idna", "urllib3"),
}


@pytest.fixture(scope="module")
def built() -> package.Package:
    return package.build()


@pytest.fixture(scope="module")
def unzipped(built: package.Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unzipped")
    with zipfile.ZipFile(built.code) as code:
        code.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the libraries of the Lambda runtime."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in IN_THE_RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return folder


def _import(modules: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Import them in a Python that sees these folders and the standard library only."""
    code = "import sys, importlib; sys.path[:0] = sys.argv[2:]\n"
    code += "for name in sys.argv[1].split(): importlib.import_module(name)\n"
    code += "print(*sorted(sys.modules))"
    command = [sys.executable, "-I", "-S", "-B", "-c", code, modules, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_app_imports_from_the_package_alone(unzipped: Path) -> None:
    done = _import("app", unzipped)
    assert done.returncode == 0, done.stderr


def test_importing_app_loads_no_client_library(unzipped: Path, runtime: Path) -> None:
    loaded = set(_import("app", unzipped, runtime).stdout.split())
    assert loaded.isdisjoint({"botocore", "boto3", "pynamodb", "requests"})


def test_webhook_loads_neither_chalice_nor_a_client_library(unzipped: Path, runtime: Path) -> None:
    loaded = set(_import("chalicelib.webhook", unzipped, runtime).stdout.split())
    assert "chalicelib.webhook" in loaded
    assert loaded.isdisjoint({"chalice", "botocore", "boto3", "pynamodb", "requests"})


def test_every_shipped_module_imports_with_the_runtimes_libraries(
    unzipped: Path, runtime: Path
) -> None:
    files = sorted((unzipped / "chalicelib").rglob("*.py"))
    names = [".".join(path.relative_to(unzipped).with_suffix("").parts) for path in files]
    done = _import(" ".join(names), unzipped, runtime)
    assert done.returncode == 0, done.stderr


def test_only_what_ships_is_in_the_package(unzipped: Path) -> None:
    found = {path.name for path in unzipped.iterdir() if not path.name.endswith(".dist-info")}
    assert found == SHIPPED


def test_every_source_file_is_in_the_package(unzipped: Path) -> None:
    sources = {path.relative_to(package.ROOT) for path in package.ROOT.glob("chalicelib/**/*.py")}
    assert {path.relative_to(unzipped) for path in unzipped.glob("chalicelib/**/*.py")} == sources


def test_time_zone_data_ships(unzipped: Path) -> None:
    assert (unzipped / "tzdata" / "zoneinfo" / "Europe" / "Berlin").exists()


def test_package_is_small(built: package.Package) -> None:
    assert built.code.stat().st_size < LARGEST


def test_same_sources_give_the_same_bytes(built: package.Package, tmp_path: Path) -> None:
    (tmp_path / "libraries").symlink_to(package.LOCAL / "libraries")
    again = package.build(package.ROOT, tmp_path)
    assert again.code.read_bytes() == built.code.read_bytes()
    assert again.template.read_bytes() == built.template.read_bytes()


def test_unchanged_sources_are_not_built_again(
    built: package.Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    assert package.build() == built
