"""The client of the Graph API, over real HTTP against the stand-in for Meta on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3

from chalicelib.adapters.graph_api import HOSTS, GraphApi
from chalicelib.core.channel import ChannelSettings
from chalicelib.platforms import (
    Accepted,
    ErrorClass,
    GraphRequest,
    SendError,
    _conversations_api,
)
from devtools.simulator import Simulator
from tests import builders, fakes

TOKEN = "EAAcanaryToken"
APP_SECRET = b"app-secret-for-tests"
CANARY = "canary text of a customer"
PATIENT, IMPATIENT = (10.0, 10.0), (10.0, 0.5)  # seconds to connect and to read
REQUEST = GraphRequest(
    "/messages",
    {
        "recipient": {"id": builders.CONTACT},
        "messaging_type": "RESPONSE",
        "message": {"text": CANARY, "metadata": "hb1"},
    },
)
PROFILE = f"/{builders.CONTACT}?fields=first_name,last_name,name"


@pytest.fixture
def meta() -> Iterator[Simulator]:
    """A stand-in that knows the channel of the builders, whose customer has just written."""
    with Simulator(app_secret=APP_SECRET.decode()) as simulator:
        channel = {"platform": "messenger", "channel_id": builders.CHANNEL, "token": TOKEN}
        simulator.control("POST", "/_channels", [channel])
        customer = {"channel_id": builders.CHANNEL, "contact_id": builders.CONTACT}
        simulator.control("POST", "/_customer/message", {**customer, "text": "hi", "name": "Ana B"})
        yield simulator


@pytest.fixture
def log() -> fakes.FakeLog:
    return fakes.FakeLog()


@pytest.fixture
def api(meta: Simulator, log: fakes.FakeLog) -> GraphApi:
    return _api(meta.url, log)


@pytest.fixture
def impatient(meta: Simulator, log: fakes.FakeLog) -> GraphApi:
    """For answers that do not come: on a busy machine others may be late, too."""
    return _api(meta.url, log, IMPATIENT)


def _api(
    url: str, log: fakes.FakeLog, timeouts: tuple[float, float] = PATIENT, **secrets: Any
) -> GraphApi:
    given = {"access_token": TOKEN, "app_secrets": (APP_SECRET,)} | secrets
    settings = builders.settings(stage="local", graph_url=url)
    return GraphApi(settings, fakes.FakeSecrets(**given), log, timeouts)


def _fault(meta: Simulator, kind: str, **facts: Any) -> None:
    meta.control("POST", "/_faults", [{"kind": kind, "seconds": 1.0, **facts}])


def _failure(api: GraphApi, channel: ChannelSettings | None = None) -> SendError:
    with pytest.raises(SendError) as caught:
        api.post(channel or builders.channel(), REQUEST)
    return caught.value


def test_an_accepted_message_is_at_the_platform_once(api: GraphApi, meta: Simulator) -> None:
    accepted = api.post(builders.channel(), REQUEST)
    [call] = meta.control("GET", "/_log")
    assert accepted == Accepted(call["message_id"], builders.CONTACT)


def test_the_path_is_version_node_and_request(api: GraphApi, meta: Simulator) -> None:
    api.post(builders.channel(), REQUEST)
    [call] = meta.control("GET", "/_log")
    assert call["path"] == f"/{builders.settings().graph_version}/{builders.CHANNEL}/messages"


def test_another_node_of_the_channel_takes_the_place_of_its_id(api: GraphApi) -> None:
    error = _failure(api, builders.channel(graph_node_id="17840"))
    assert error.reason == "bad_request_100_33"


def test_a_wrong_proof_of_the_app_secret_is_noticed(meta: Simulator, log: fakes.FakeLog) -> None:
    error = _failure(_api(meta.url, log, app_secrets=(b"another",)))
    assert error.code == 100


def test_without_an_app_secret_there_is_no_proof(log: fakes.FakeLog) -> None:
    with Simulator() as meta:
        channel = {"platform": "messenger", "channel_id": builders.CHANNEL, "token": TOKEN}
        meta.control("POST", "/_channels", [channel])
        error = _failure(_api(meta.url, log, app_secrets=()))
    assert error.reason == "recipient_gone_100_2018001"


def test_f17_a_dead_token_is_of_class_token(meta: Simulator, log: fakes.FakeLog) -> None:
    error = _failure(_api(meta.url, log, access_token="EAArevoked"))
    assert error.error_class is ErrorClass.TOKEN


def test_f17_without_a_token_nothing_is_called(meta: Simulator, log: fakes.FakeLog) -> None:
    error = _failure(_api(meta.url, log, access_token=None))
    assert (error.error_class, meta.control("GET", "/_log")) == (ErrorClass.TOKEN, [])


@pytest.mark.parametrize(
    "kind",
    [
        "timeout_before",
        "timeout_after",
        "reset_before",
        "reset_after",
        "truncated_after",
        "html_after",
        "http_500_html",
        "http_500_html_after",
    ],
)
def test_f09_a_lost_answer_is_ambiguous(impatient: GraphApi, meta: Simulator, kind: str) -> None:
    _fault(meta, kind)
    assert _failure(impatient).error_class is ErrorClass.AMBIGUOUS


@pytest.mark.parametrize("kind", ["timeout_after", "reset_after", "http_500_html"])
def test_f09_a_lost_answer_is_not_followed_by_another_post(
    impatient: GraphApi, meta: Simulator, kind: str
) -> None:
    _fault(meta, kind)
    _failure(impatient)
    assert len(meta.control("GET", "/_log")) == 1


def test_f09_no_connection_may_be_tried_again(log: fakes.FakeLog) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        error = _failure(_api(f"http://127.0.0.1:{nobody.getsockname()[1]}", log))
    assert (error.error_class, error.reason) == (ErrorClass.RETRY, "retry_no_connection")


def test_f09_no_such_host_may_be_tried_again(
    log: fakes.FakeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _raising(socket.gaierror()))
    error = _failure(_api("http://graph.example", log))
    assert error.error_class is ErrorClass.RETRY


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (ssl.SSLCertVerificationError(), ErrorClass.RETRY),
        (ssl.SSLEOFError(), ErrorClass.AMBIGUOUS),
    ],
)
def test_f09_a_refused_certificate_is_before_the_post_and_a_broken_line_is_not(
    log: fakes.FakeLog,
    monkeypatch: pytest.MonkeyPatch,
    cause: ssl.SSLError,
    expected: ErrorClass,
) -> None:
    pool = urllib3.HTTPSConnectionPool("graph.example")
    lost = urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.SSLError(cause))
    raising = _raising(requests.exceptions.SSLError(lost))
    monkeypatch.setattr("requests.Session.send", raising)
    assert _failure(_api("http://graph.example", log)).error_class is expected


def test_f09_a_connection_that_takes_too_long_may_be_tried_again(
    log: fakes.FakeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising = _raising(requests.exceptions.ConnectTimeout())
    monkeypatch.setattr("requests.Session.send", raising)
    assert _failure(_api("http://graph.example", log)).error_class is ErrorClass.RETRY


def test_f15_a_temporary_error_may_be_tried_again(api: GraphApi, meta: Simulator) -> None:
    _fault(meta, "error", code=2, status=503)
    assert _failure(api).error_class is ErrorClass.RETRY


def test_f16_too_fast_comes_with_the_wait(api: GraphApi, meta: Simulator) -> None:
    _fault(meta, "error", code=613, retry_after=30)
    error = _failure(api)
    assert (error.error_class, error.retry_after_seconds) == (ErrorClass.RATE, 30.0)


def test_f18_a_closed_window_is_of_class_window(api: GraphApi, meta: Simulator) -> None:
    long_ago = {"channel_id": builders.CHANNEL, "contact_id": "7002", "at": "2020-01-01T00:00:00Z"}
    meta.control("POST", "/_customer/message", {**long_ago, "text": "hi"})
    with pytest.raises(SendError) as caught:
        api.post(
            builders.channel(),
            GraphRequest("/messages", {"recipient": {"id": "7002"}, "message": {"text": "x"}}),
        )
    assert caught.value.reason == "window_10_2018278"


def test_a_redirect_is_not_followed(log: fakes.FakeLog) -> None:
    with _OneAnswer(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n") as server:
        error = _failure(_api(server.url, log))
    assert error.reason == "ambiguous_http_302"


def test_a_limit_that_is_nearly_used_up_is_logged(log: fakes.FakeLog) -> None:
    answer = b'HTTP/1.1 200 OK\r\nX-App-Usage: {"call_count":85}\r\nContent-Length: 18\r\n\r\n'
    with _OneAnswer(answer + b'{"message_id":"m"}') as server:
        _api(server.url, log).post(builders.channel(), REQUEST)
    assert log.lines == [
        ("graph_usage_high", {"channel_id": builders.CHANNEL, "percent": 85}),
    ]


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (b'X-App-Usage: {"call_count":79}', Accepted("m")),
        (b'X-App-Usage: {"call_count":85}', Accepted("m", busy_percent=85.0)),
        (
            b'X-Business-Use-Case-Usage: {"1":[{"call_count":100,'
            b'"estimated_time_to_regain_access":3}]}',
            Accepted("m", busy_percent=100.0, retry_after_seconds=180.0),
        ),
    ],
)
def test_f16_what_is_accepted_says_how_much_of_a_limit_is_used(
    log: fakes.FakeLog, header: bytes, accepted: Accepted
) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + header + b"\r\nContent-Length: 18\r\n\r\n"
    with _OneAnswer(answer + b'{"message_id":"m"}') as server:
        assert _api(server.url, log).post(builders.channel(), REQUEST) == accepted


@pytest.mark.parametrize("token", ["EAA\nnewline", "EAA\u0130"])
def test_a_token_that_no_header_can_hold_is_our_fault(
    meta: Simulator, log: fakes.FakeLog, token: str
) -> None:
    error = _failure(_api(meta.url, log, access_token=token))
    assert error.reason == "bad_request_unsendable"


def test_a_slept_connection_is_not_used_again(
    api: GraphApi, meta: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.post(builders.channel(), REQUEST)
    monkeypatch.setattr("chalicelib.adapters.graph_api._IDLE_SECONDS", -1.0)
    assert api.post(builders.channel(), REQUEST).platform_message_id


def test_a_profile_is_looked_up(api: GraphApi) -> None:
    profile = api.get(builders.channel(), PROFILE, "facebook")
    assert profile == {
        "id": builders.CONTACT,
        "first_name": "Ana",
        "last_name": "B",
        "name": "Ana B",
    }


@pytest.mark.parametrize("path", ["/unknown?fields=name", "/"])
def test_a_profile_that_is_refused_is_none(api: GraphApi, log: fakes.FakeLog, path: str) -> None:
    assert api.get(builders.channel(), path, "facebook") is None
    assert log.events == ["graph_lookup_failed"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTML",
        b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"error":{}}',
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"",
    ],
)
def test_a_profile_that_cannot_be_read_is_none(log: fakes.FakeLog, answer: bytes) -> None:
    with _OneAnswer(answer) as server:
        assert _api(server.url, log).get(builders.channel(), PROFILE, "facebook") is None


@pytest.mark.parametrize(
    ("host", "graph_host", "expected"),
    [
        ("facebook", "facebook", "https://graph.facebook.com"),
        ("instagram", "facebook", "https://graph.instagram.com"),
        ("facebook", "instagram", "https://graph.instagram.com"),
    ],
)
def test_only_metas_own_hosts_are_called_outside_stage_local(
    monkeypatch: pytest.MonkeyPatch, host: str, graph_host: str, expected: str
) -> None:
    called: list[str] = []
    monkeypatch.setattr("requests.Session.send", _recording(called))
    settings = builders.settings(stage="prod", graph_url="http://127.0.0.1:9")
    api = GraphApi(settings, fakes.FakeSecrets(), fakes.FakeLog())
    api.get(builders.channel(graph_host=graph_host), "/7001", host)
    assert called == [f"{expected}/{settings.graph_version}/7001"]


def test_the_hosts_are_encrypted() -> None:
    assert all(host.startswith("https://graph.") for host in HOSTS.values())


@pytest.mark.parametrize("kind", ["error", "reset_after", "timeout_before", "html_after"])
def test_nothing_secret_is_in_an_error_or_the_log(
    impatient: GraphApi, meta: Simulator, log: fakes.FakeLog, kind: str
) -> None:
    _fault(meta, kind, code=100, message=CANARY)
    error = _failure(impatient)
    told = repr((error, error.args, vars(error), error.__cause__, log.lines))
    assert not any(secret in told for secret in (CANARY, TOKEN, builders.CONTACT))


class _OneAnswer:
    """A server that gives one caller these bytes, whatever it asks, and hangs up."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> _OneAnswer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(timeout=2)

    def _serve(self) -> None:
        caller, _ = self._listener.accept()
        with caller:
            caller.recv(65536)
            caller.sendall(self._answer)


def _recording(called: list[str]) -> Any:
    def send(self: Any, request: requests.PreparedRequest, **_: Any) -> Any:
        called.append(str(request.url).partition("?")[0])
        raise requests.exceptions.ConnectTimeout

    return send


def _raising(error: Exception) -> Any:
    def raise_it(*_: Any, **__: Any) -> Any:
        raise error

    return raise_it


def test_f08_a_look_finds_what_was_sent_though_its_answer_got_lost(
    api: GraphApi, meta: Simulator
) -> None:
    _fault(meta, "reset_after")
    _failure(api)
    look = _conversations_api.read(_looked(api) or {}, builders.CONTACT)
    assert look is not None
    assert [written.text for written in look.written] == [CANARY]


def test_looks_at_a_page_are_made_twice_a_second_at_most(
    api: GraphApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = Turns()
    monkeypatch.setattr("chalicelib.adapters.graph_api.time", now)
    looked = [_looked(api, per_second=2.0) for _ in range(3)]
    assert (len(looked), now.slept) == (3, [0.5, 0.5])


class Turns:
    """The module `time`, with a clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at, self.slept = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def _looked(api: GraphApi, **call: Any) -> dict[str, Any] | None:
    path = _conversations_api.path("messenger", builders.CHANNEL, builders.CONTACT)
    return api.get(builders.channel(), path, "facebook", **call)
