"""What the HTTP client does beyond what the Graph client's tests show."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from chalicelib.adapters import http
from chalicelib.platforms import ErrorClass, SendError
from devtools.simulator import Simulator
from tests import servers
from tests.servers import Server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with http.new_session() as made:
        yield made


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> servers.Signed:
    return servers.signed(tmp_path_factory.mktemp("signed"), "localhost")


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


def _failure(session: requests.Session, call: http.Call) -> SendError:
    with pytest.raises(SendError) as caught:
        http.once(session, call)
    return caught.value


def test_f09_a_server_that_signed_for_itself_is_sent_nothing(
    session: requests.Session, signed: servers.Signed
) -> None:
    with Server(OK + b"\r\n{}", context=signed.server()) as server:
        error = _failure(session, _call(url=f"https://localhost:{server.port}/"))
    assert (error.error_class, server.asked) == (ErrorClass.RETRY, [])


def test_the_same_server_is_called_once_its_certificate_is_trusted(
    session: requests.Session, signed: servers.Signed
) -> None:
    session.verify = str(signed.certificate)
    with Server(OK + b"\r\n{}", context=signed.server()) as server:
        answer = http.once(session, _call(url=f"https://localhost:{server.port}/"))
    assert (answer.status, answer.content) == (200, b"{}")


def test_f09_a_trusted_certificate_of_another_host_is_refused(
    session: requests.Session, signed: servers.Signed
) -> None:
    session.verify = str(signed.certificate)
    with Server(OK + b"\r\n{}", context=signed.server()) as server:
        error = _failure(session, _call(url=f"https://127.0.0.1:{server.port}/"))
    assert (error.error_class, server.asked) == (ErrorClass.RETRY, [])


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_cannot_name_other_certificates(
    session: requests.Session,
    signed: servers.Signed,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, str(signed.certificate))
    with Server(OK + b"\r\n{}", context=signed.server()) as server:
        error = _failure(session, _call(url=f"https://localhost:{server.port}/"))
    assert error.error_class is ErrorClass.RETRY


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/1", {}, "/1"),
        ("/1", {"a": "&"}, "/1?a=%26"),
        ("/1?fields=name", {"a": "b"}, "/1?fields=name&a=b"),
    ],
)
def test_the_query_is_added_to_that_of_the_address(
    session: requests.Session, path: str, query: dict[str, str], expected: str
) -> None:
    with Server(OK + b"\r\n{}") as server:
        http.once(session, _call(url=f"http://127.0.0.1:{server.port}{path}", query=query))
    assert server.asked[0].target == expected


def test_a_body_is_json_and_says_so(session: requests.Session) -> None:
    with Server(OK + b"\r\n{}") as server:
        http.once(session, _call(url=f"http://127.0.0.1:{server.port}/", body={"a": "ç"}))
    [asked] = server.asked
    assert asked.headers["Content-Type"] == "application/json"
    assert json.loads(asked.body) == {"a": "ç"}


def test_a_number_that_json_does_not_know_is_our_fault(session: requests.Session) -> None:
    error = _failure(session, _call(body={"price": float("nan")}))
    assert error.error_class is ErrorClass.BAD_REQUEST


def test_f09_an_answer_with_senseless_headers_leaves_open_what_happened(
    session: requests.Session,
) -> None:
    with Server(OK + b"Content-Length: 3\r\n\r\n{}") as server:
        error = _failure(session, _call(url=f"http://127.0.0.1:{server.port}/"))
    assert (len(server.asked), error.error_class) == (1, ErrorClass.AMBIGUOUS)


def test_a_cookie_does_not_go_out_with_another_channels_token(session: requests.Session) -> None:
    sets = OK + b"Set-Cookie: who=first; Path=/\r\nConnection: close\r\n\r\n{}"
    with Server(sets, sets) as server:
        for_both = _call(url=f"http://127.0.0.1:{server.port}/")
        http.once(session, for_both)
        http.once(session, for_both)
    assert (len(server.asked), server.asked[1].headers["Cookie"]) == (2, None)


def test_no_proxy_of_the_environment_is_asked(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Simulator() as meta:
        answer = http.once(session, _call(url=f"{meta.url}/v25.0/1"))
    assert answer.status >= 400


def test_no_netrc_replaces_the_token(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    call: dict[str, Any] = {"headers": {"Authorization": "Bearer ours"}}
    with Server(OK + b"\r\n{}") as server:
        http.once(session, _call(url=f"http://127.0.0.1:{server.port}/", **call))
    assert server.asked[0].headers["Authorization"] == "Bearer ours"


def test_importing_it_loads_no_client_library() -> None:
    code = "import sys, chalicelib.adapters.http; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"requests", "urllib3", "botocore", "http.client"}.isdisjoint(done.stdout.split())
