"""The benchmarks of the package and of its cold start measure what they say."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from devtools import package
from devtools.benchmark import bodies, cold_start, naive, package_size, webhook
from devtools.benchmark.cold_start import STARTS, Build


def _deployed_functions() -> set[str]:
    config = json.loads((package.ROOT / ".chalice" / "config.json").read_text())
    return set(config["stages"]["package"]["lambda_functions"])


def test_the_cold_start_of_every_function_is_measured() -> None:
    assert set(STARTS) == _deployed_functions()


def test_only_the_folders_of_a_build_are_seen(tmp_path: Path) -> None:
    (tmp_path / "found.py").touch()
    assert Build((tmp_path,)).cpu("import found") > 0
    with pytest.raises(RuntimeError, match="import msgspec"):
        Build((tmp_path,)).cpu("import msgspec")


def test_the_naive_start_imports_all_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "chalicelib" / "core"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "x.py").touch()
    code = cold_start._everything(tmp_path, ("sqs",))
    assert "chalicelib.core, chalicelib.core.x, boto3" in code
    assert "boto3.client('sqs')" in code


def test_the_naive_package_has_our_sources_beside_its_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries = tmp_path / "libraries.zip"
    with zipfile.ZipFile(libraries, "w") as made:
        made.writestr("app.py", "smallest")
        made.writestr("boto3/__init__.py", "")
    monkeypatch.setattr(naive, "_libraries", lambda: libraries)
    folder = naive.build(tmp_path / "naive")
    assert (folder / "app.py").read_text() == (package.ROOT / "app.py").read_text()
    assert (folder / "boto3" / "__init__.py").exists()
    assert (folder / "chalicelib" / "webhook.py").exists()


def test_sizes_are_of_the_zip_and_of_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code.zip"
    with zipfile.ZipFile(code, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x", b"0" * 2_000_000)
    monkeypatch.setattr(package, "build", lambda: package.Package(tmp_path, code, ""))
    zipped, unzipped = package_size.measure(None, tmp_path)
    assert (zipped.value < 0.01, unzipped.value) == (True, 2.0)


@pytest.mark.parametrize("platform", webhook.PLATFORMS)
def test_the_measured_request_is_taken(platform: str) -> None:
    [delivery] = bodies.deliveries(platform, batch=1, count=1)
    request = webhook.Request(webhook.lambda_event(delivery))
    answer = webhook._ours(webhook._Taking())(request)
    assert isinstance(answer, dict)
    assert answer["statusCode"] == 200


def test_the_empty_route_takes_the_same_request() -> None:
    [delivery] = bodies.deliveries("messenger", batch=1, count=1)
    answer = webhook._empty_route()(webhook.Request(webhook.lambda_event(delivery)))
    assert isinstance(answer, dict)
    assert (answer["statusCode"], answer["body"]) == (200, "{}")


def test_the_sqs_client_is_answered_without_a_connection() -> None:
    client = webhook._answered_client()
    answer = client.send_message_batch(
        QueueUrl=webhook.QUEUE_URL, Entries=[{"Id": "0", "MessageBody": "x"}]
    )
    assert [each["Id"] for each in answer["Successful"]] == ["0"]
