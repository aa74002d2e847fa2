"""The stand-in as a program: HTTP, signatures, tries, restarts."""

from __future__ import annotations

import ast
import hmac
import json
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from devtools.simulator import Simulator
from tests.simulator.conftest import CHANNELS, PAGE, PSID, Meta, code_of, text_to

ROOT = Path(__file__).parents[2]
APP_SECRET = "app-secret-for-tests"
WRITES = {"channel_id": PAGE, "contact_id": PSID, "text": "ä/ö 😀"}


class Receiver(HTTPServer):
    """Takes webhooks and answers with the statuses it was given, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.statuses: list[int] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhooks/meta"


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers.items()), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _simulator(receiver: Receiver | None = None, **facts: Any) -> Simulator:
    url = receiver.url if receiver else None
    return Simulator(webhook_url=url, app_secret=APP_SECRET, **facts)


def _one_webhook(simulator: Simulator) -> Any:
    """A customer writes; what became of the delivery."""
    simulator.control("POST", "/_channels", CHANNELS)
    simulator.control("POST", "/_customer/message", WRITES)
    simulator.control("POST", "/_wait", {"seconds": 20})
    [delivery] = simulator.control("GET", "/_deliveries")
    return delivery


def test_f35_a_webhook_is_signed_over_its_bytes(receiver: Receiver) -> None:
    with _simulator(receiver) as simulator:
        _one_webhook(simulator)
    [(headers, body)] = receiver.taken
    expected = hmac.digest(APP_SECRET.encode(), body, "sha256").hex()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"


def test_a_webhook_is_escaped_as_meta_does_it(receiver: Receiver) -> None:
    with _simulator(receiver) as simulator:
        _one_webhook(simulator)
    [(_, body)] = receiver.taken
    assert rb'"\u00e4\/\u00f6 \ud83d\ude00"' in body


def test_a_webhook_that_was_not_taken_comes_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devtools.simulator.courier.PAUSES_SECONDS", (0, 0.01, 0.01, 0.01))
    receiver.statuses = [503, 500]
    with _simulator(receiver) as simulator:
        delivery = _one_webhook(simulator)
    assert (delivery["status"], delivery["tries"]) == (200, 3)


def test_a_webhook_that_nobody_takes_is_given_up_and_known(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devtools.simulator.courier.PAUSES_SECONDS", (0, 0.01))
    receiver.statuses = [500] * 9
    with _simulator(receiver) as simulator:
        delivery = _one_webhook(simulator)
    assert (delivery["status"], delivery["tries"]) == (500, 2)


def test_the_webhooks_of_a_customer_stay_in_order(receiver: Receiver) -> None:
    with _simulator(receiver) as simulator:
        simulator.control("POST", "/_channels", CHANNELS)
        texts = [str(number) for number in range(20)]
        acts = [WRITES | {"text": text} for text in texts]
        [simulator.control("POST", "/_customer/message", act) for act in acts]
        simulator.control("POST", "/_wait", {"seconds": 20})
    bodies = [json.loads(body) for _, body in receiver.taken]
    assert [body["entry"][0]["messaging"][0]["message"]["text"] for body in bodies] == texts


def test_control_works_over_http() -> None:
    with _simulator() as simulator:
        _http("POST", f"{simulator.url}/_channels", CHANNELS)
        mid = _http("POST", f"{simulator.url}/_customer/message", WRITES)["mid"]
        health = _http("GET", f"{simulator.url}/_health")
    assert (mid[:2], health["ok"]) == ("m_", True)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/_nothing", None, 404),
        ("POST", "/_customer/message", {"channel_id": PAGE}, 400),
        ("POST", "/_customer/message", WRITES | {"channel_id": "99"}, 400),
        ("POST", "/_customer/message", WRITES | {"platform": "whatsapp"}, 400),
        ("POST", "/_customer/message", WRITES | {"at": "2026-11-21T12:00:00"}, 400),
        ("POST", "/_customer/message", WRITES | {"txet": "x"}, 400),
    ],
)
def test_a_wrong_control_request_is_told_so(method: str, path: str, body: Any, status: int) -> None:
    with _simulator() as simulator:
        simulator.control("POST", "/_channels", CHANNELS)
        answer = simulator.answer(method, path, {}, body)
    assert (answer.status, list(answer.body)) == (status, ["error"])


def test_a_graph_body_that_is_no_json_is_refused(meta: Meta) -> None:
    assert code_of(meta.sends(PAGE, None)) == (100, None)


def test_every_call_is_in_the_log_with_its_facts(meta: Meta) -> None:
    meta.writes(PAGE)
    status, answer = meta.sends(PAGE, text_to(PAGE))
    [call] = meta.control("GET", "/_log")
    expected = {
        "channel_id": PAGE,
        "recipient": PSID,
        "body": text_to(PAGE),
        "status": status,
        "answer": answer,
    }
    assert {name: call[name] for name in expected} == expected


def test_a_refused_call_is_in_the_log_as_well(meta: Meta) -> None:
    meta.sends(PAGE, text_to(PAGE), token="x")
    [call] = meta.control("GET", "/_log")
    assert (call["channel_id"], call["status"], call["accepted"]) == (None, 401, False)


def test_a_restart_remembers_windows_and_log(tmp_path: Path) -> None:
    with Simulator(state=tmp_path) as simulator:
        meta = Meta(simulator, tmp_path / "clock.json")
        meta.control("POST", "/_channels", CHANNELS)
        meta.writes(PAGE)
        meta.sends(PAGE, text_to(PAGE))
        before = (meta.control("GET", "/_log"), meta.delivered("echo"))
    with Simulator(state=tmp_path) as simulator:
        meta = Meta(simulator, tmp_path / "clock.json")
        after = (meta.control("GET", "/_log"), meta.delivered("echo"))
        code = code_of(meta.sends(PAGE, text_to(PAGE)))
    assert (after, code) == (before, (None, None))


def test_ids_depend_on_the_seed_and_nothing_else() -> None:
    mids = [_first_mid(seed) for seed in (1, 1, 2)]
    assert mids[0] == mids[1] != mids[2]


def test_a_missing_or_broken_clock_is_real_time(meta: Meta, tmp_path: Path) -> None:
    before = meta.control("GET", "/_health")["now"]
    (tmp_path / "clock.json").write_text("{")
    assert meta.control("GET", "/_health")["now"] >= before


def test_the_program_starts_answers_and_ends_when_asked(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "devtools.simulator", "--state", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        url = program.stdout.readline().split()[-1]
        health = _http("GET", f"{url}/_health")
        program.send_signal(signal.SIGTERM)
        ended = program.wait(timeout=60)
    assert (health["ok"], ended) == (True, 0)


def test_the_stand_in_knows_nothing_of_the_product() -> None:
    files = (ROOT / "devtools" / "simulator").glob("*.py")
    trees = [ast.walk(ast.parse(file.read_text())) for file in files]
    imported = {name for tree in trees for node in tree for name in _imports(node)}
    assert "msgspec" in imported
    assert not any(name.startswith(("chalicelib", "tests")) for name in imported)


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _first_mid(seed: int) -> str:
    with Simulator(seed=seed) as simulator:
        simulator.control("POST", "/_channels", CHANNELS)
        return str(simulator.control("POST", "/_customer/message", WRITES)["mid"])


def _http(method: str, url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.loads(answer.read())
