"""What the HTTP client does beyond what the Graph client's tests show."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.adapters import http
from chalicelib.platforms import ErrorClass, SendError
from devtools.simulator import Simulator


def _call(**changes: object) -> http.Call:
    given = {
        "method": "POST",
        "url": "http://127.0.0.1:9/v25.0/1",
        "query": {},
        "headers": {},
        "body": None,
        "timeouts": (0.5, 0.5),
    }
    return http.Call(**(given | changes))  # type: ignore[arg-type]


def test_certificates_are_asked_for_and_checked() -> None:
    given = http.new_pool().connection_pool_kw
    assert (given["cert_reqs"], Path(given["ca_certs"]).exists()) == ("CERT_REQUIRED", True)


def test_the_trusted_certificates_can_be_loaded() -> None:
    context = ssl.create_default_context(cafile=http.new_pool().connection_pool_kw["ca_certs"])
    assert context.cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize(
    ("url", "query", "expected"),
    [
        ("/1", {}, "/1"),
        ("/1", {"a": "&"}, "/1?a=%26"),
        ("/1?fields=name", {"a": "b"}, "/1?fields=name&a=b"),
    ],
)
def test_the_query_is_added_to_that_of_the_address(
    url: str, query: dict[str, str], expected: str
) -> None:
    assert http._address(_call(url=url, query=query)) == expected


def test_a_number_that_json_does_not_know_is_our_fault() -> None:
    with pytest.raises(SendError) as caught:
        http.once(http.new_pool(), _call(body={"price": float("nan")}))
    assert caught.value.error_class is ErrorClass.BAD_REQUEST


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Simulator() as meta:
        answer = http.once(http.new_pool(), _call(url=f"{meta.url}/v25.0/1"))
    assert answer.status >= 400


def test_importing_it_loads_no_client_library() -> None:
    code = "import sys, chalicelib.adapters.http; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"urllib3", "botocore", "http.client"}.isdisjoint(done.stdout.split())
