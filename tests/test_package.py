"""The deployment package: complete, small, the same from the same sources, and only what ships."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

import app
from chalicelib.api.openapi_document import document
from chalicelib.core.messaging_policy import all_rules
from devtools import package
from devtools.simulator import Simulator
from tests import servers

pytestmark = pytest.mark.slow


# What the Lambda runtime brings along: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
IN_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
LARGEST = 1_000_000  # bytes: fetched at every cold start
SHIPPED = {
    *("app.pyc", "chalicelib", "chalice", "msgspec", "pynamodb", "requests", "tzdata"),
    "licences.txt",
}
FUNCTION = "AWS::Serverless::Function"
IDENTITY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "STAGE": "test",
}


# Prints what would be sent, and whether the client knows no more operations than it may call.
ASKING = """
import io
from botocore.awsrequest import AWSResponse
from chalicelib.adapters import aws

def answered(request, **_):
    target = request.headers.get("X-Amz-Target")
    print(target.decode() if target else request.method)
    answer = AWSResponse(request.url, 200, {}, io.BytesIO())
    answer._content = b"" if sys.argv[1] == "s3" else b"{}"
    return answer

client = aws.client(sys.argv[1])
client.meta.events.register("before-send.*", answered)
import atexit
atexit.register(lambda: print(len(client.meta.service_model.operation_names) < 15))
"""


# Calls an address and prints what came of it, and that what is for names beyond ASCII is not there.
CALLING = """
import importlib.util
from chalicelib.adapters import http
from chalicelib.platforms import SendError

call = http.Call(method="POST", url=sys.argv[1], query={"a": "b"}, headers={"X": "y"},
                 body={"text": "x"}, timeouts=(5, 5))
try:
    answer = http.once(http.new_session(), call)
except SendError as error:
    print(error.reason)
else:
    known = importlib.util.find_spec("idna")
    print("answered", answer.status, "with" if known else "without", "idna")
"""


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
    """A folder with nothing but the libraries of the Lambda runtime.

    RUNTIME_LIBRARIES names one with other versions: docs/decisions/0017-what-the-package-holds.md
    """
    if given := os.environ.get("RUNTIME_LIBRARIES"):
        return Path(given).absolute()
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
    code = "for name in sys.argv[1].split(): importlib.import_module(name)\n"
    return _run(f"{code}print(*sorted(sys.modules))", *paths, argument=modules)


def _run(code: str, *paths: Path, argument: str = "") -> subprocess.CompletedProcess[str]:
    start = "import sys, importlib; sys.path[:0] = sys.argv[2:]\n"
    python = [sys.executable, "-I", "-S", "-B", "-c", start + code, argument]
    return subprocess.run(
        [*python, *map(str, paths)], capture_output=True, text=True, check=False, env=IDENTITY
    )


def test_app_imports_from_the_package_alone(unzipped: Path) -> None:
    done = _import("app", unzipped)
    assert done.returncode == 0, done.stderr


def test_importing_app_loads_no_client_library(unzipped: Path, runtime: Path) -> None:
    loaded = set(_import("app", unzipped, runtime).stdout.split())
    assert loaded.isdisjoint({"botocore", "boto3", "pynamodb", "requests", "urllib3"})


def test_webhook_loads_neither_chalice_nor_a_client_library(unzipped: Path, runtime: Path) -> None:
    loaded = set(_import("chalicelib.webhook", unzipped, runtime).stdout.split())
    assert "chalicelib.webhook" in loaded
    assert loaded.isdisjoint({"chalice", "botocore", "boto3", "pynamodb", "requests", "urllib3"})


def test_every_shipped_module_imports_with_the_runtimes_libraries(
    unzipped: Path, runtime: Path
) -> None:
    done = _import(" ".join(_shipped_modules(unzipped)), unzipped, runtime)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("service", "call", "expected"),
    [
        ("ssm", "client.get_parameters(Names=['/a'])", "AmazonSSM.GetParameters"),
        (
            "sqs",
            "client.send_message_batch(QueueUrl='https://sqs.eu-west-1.amazonaws.com/0/q',"
            " Entries=[{'Id': '0', 'MessageBody': 'x'}])",
            "AmazonSQS.SendMessageBatch",
        ),
        ("s3", "client.put_object(Bucket='b', Key='k', Body=b'x')", "PUT"),
        (
            "dynamodb",
            "client.get_item(TableName='t', Key={'k': {'S': 'x'}})",
            "DynamoDB_20120810.GetItem",
        ),
    ],
)
def test_clients_call_by_the_service_data_in_the_package(
    unzipped: Path, runtime: Path, service: str, call: str, expected: str
) -> None:
    done = _run(f"{ASKING}{call}", unzipped, runtime, argument=service)
    assert done.stdout.split() == [expected, "True"], done.stderr


def test_the_tables_are_reached_with_the_service_data_in_the_package(
    unzipped: Path, runtime: Path
) -> None:
    code = "from chalicelib.adapters import aws\n"
    code += "from chalicelib.storage import connect\n"
    code += "client = connect('eu-west-1', aws.session).client\n"
    code += "names = client.meta.service_model.operation_names\n"
    code += "print('UpdateItem' in names, 'CreateTable' in names)"
    done = _run(code, unzipped, runtime)
    assert done.stdout == "True False\n", done.stderr


def test_the_graph_api_is_called_with_what_the_package_and_the_runtime_have(
    unzipped: Path, runtime: Path
) -> None:
    with Simulator() as meta:
        done = _run(CALLING, unzipped, runtime, argument=f"{meta.url}/v25.0/1")
    assert (done.stdout, done.stderr) == ("answered 401 without idna\n", "")


def test_f09_the_package_checks_certificates(unzipped: Path, runtime: Path, tmp_path: Path) -> None:
    context = servers.signed(tmp_path, "localhost").server()
    with servers.Server(b"", context=context) as server:
        done = _run(CALLING, unzipped, runtime, argument=f"https://localhost:{server.port}/")
    assert (done.stdout, done.stderr) == ("retry_no_connection\n", "")


def test_the_certificates_trusted_are_those_of_the_runtimes_botocore(
    unzipped: Path, runtime: Path
) -> None:
    code = "import requests, ssl\n"
    code += "path = requests.certs.where()\n"
    code += "known = ssl.create_default_context(cafile=path).cert_store_stats()['x509_ca']\n"
    code += "print(path.endswith('/botocore/cacert.pem'), known > 50)"
    assert _run(code, unzipped, runtime).stdout == "True True\n"


def test_only_what_ships_is_in_the_package(unzipped: Path) -> None:
    assert {path.name for path in unzipped.iterdir()} == SHIPPED


@pytest.mark.parametrize("library", ["msgspec", "pynamodb", "requests", "tzdata"])
def test_the_licence_of_every_library_is_in_the_package(unzipped: Path, library: str) -> None:
    licences = (unzipped / "licences.txt").read_text()
    assert f"\n{library}-" in f"\n{licences}"


def test_every_source_file_is_in_the_package_as_byte_code(unzipped: Path) -> None:
    sources = package.ROOT.glob("chalicelib/**/*.py")
    expected = {str(path.relative_to(package.ROOT).with_suffix(".pyc")) for path in sources}
    assert set(_shipped_files(unzipped)) == expected


def test_nothing_is_left_to_compile(unzipped: Path) -> None:
    assert list(unzipped.rglob("*.py")) == []


def test_byte_code_is_for_the_python_of_the_template(
    built: package.Package, unzipped: Path
) -> None:
    resources = yaml.safe_load(built.template.read_text())["Resources"].values()
    runtimes = {each["Properties"]["Runtime"] for each in resources if each["Type"] == FUNCTION}
    assert runtimes == {f"python{sys.version_info[0]}.{sys.version_info[1]}"}
    assert (unzipped / "app.pyc").read_bytes()[:4] == importlib.util.MAGIC_NUMBER


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("from chalicelib import config; config.load({})", "config.py"),
        (
            "from chalicelib.core.signature import is_same_token as same; same(1, '2')",
            "core/signature.py",
        ),
    ],
)
def test_a_traceback_names_the_file_and_line_of_the_source(
    unzipped: Path, code: str, file: str
) -> None:
    done = _run(code, unzipped)
    assert f'File "chalicelib/{file}", line' in done.stderr


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
def test_time_zones_come_from_the_package(unzipped: Path, zone: str) -> None:
    code = "import zoneinfo, datetime; zoneinfo.reset_tzpath(to=())\n"
    code += "at = datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo(sys.argv[1]))\n"
    code += "print(at.utcoffset().total_seconds())"
    done = _run(code, unzipped, argument=zone)
    expected = datetime(2026, 7, 1, tzinfo=ZoneInfo(zone)).utcoffset()
    assert expected is not None
    assert done.stdout == f"{expected.total_seconds()}\n", done.stderr


def test_every_time_zone_is_in_the_package(unzipped: Path) -> None:
    code = "import zoneinfo; zoneinfo.reset_tzpath(to=())\n"
    code += "names = zoneinfo.available_timezones()\n"
    code += "print(len([zoneinfo.ZoneInfo(name) for name in names]))"
    assert int(_run(code, unzipped).stdout) > 550


def test_the_rules_of_the_policy_are_read_from_the_package(unzipped: Path, runtime: Path) -> None:
    code = "from chalicelib.core.messaging_policy import all_rules\n"
    code += "print(*(rule.id for rule in all_rules()))"
    assert _run(code, unzipped, runtime).stdout.split() == [rule.id for rule in all_rules()]


def test_the_package_describes_the_api_as_the_sources_do(unzipped: Path, runtime: Path) -> None:
    code = "from chalicelib.api.openapi_document import document; import app, json\n"
    code += "print(json.dumps(document(app.app.routes, '/')))"
    expected = json.loads(json.dumps(document(app.app.routes, "/")))
    assert json.loads(_run(code, unzipped, runtime).stdout) == expected


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


def _shipped_modules(unzipped: Path) -> list[str]:
    names = [name.removesuffix(".pyc") for name in _shipped_files(unzipped)]
    return [name.removesuffix("/__init__").replace("/", ".") for name in names]


def _shipped_files(unzipped: Path) -> list[str]:
    """Our byte code, as if what is packed lay beside the zip that holds it."""
    files = [str(path.relative_to(unzipped)) for path in unzipped.glob("chalicelib/**/*.pyc")]
    for path in unzipped.glob("chalicelib/**/*.zip"):
        with zipfile.ZipFile(path) as modules:
            files += [f"{path.parent.relative_to(unzipped)}/{name}" for name in modules.namelist()]
    return sorted(name for name in files if name.endswith(".pyc"))
