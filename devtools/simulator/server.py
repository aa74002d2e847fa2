"""The HTTP server of the stand-in: Graph API calls, and the control paths that begin with `/_`."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from devtools.simulator.answers import Answer
from devtools.simulator.clock import Clock
from devtools.simulator.control import Control
from devtools.simulator.courier import Courier
from devtools.simulator.customers import Customers
from devtools.simulator.faults import Faults
from devtools.simulator.graph import Graph, Request
from devtools.simulator.world import World

HTML = b"<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>"


class Simulator:
    """The stand-in, running in threads of this process. Use it as a context manager.

    Without `start` it serves no HTTP, but `control` and `answer` work all the same.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        state: Path | None = None,
        webhook_url: str | None = None,
        app_secret: str = "",
        clock: Path | None = None,
        seed: int = 1,
        takes_strangers: bool = False,
    ) -> None:
        self.faults = Faults()
        self.world = World(
            Clock(clock), seed=seed, directory=state, takes_strangers=takes_strangers
        )
        self.courier = Courier(self.world, self.faults, url=webhook_url, app_secret=app_secret)
        people = Customers(self.world, self.courier)
        parts = (self.world, self.courier, self.faults)
        self._graph = Graph(*parts, people=people, app_secret=app_secret, webhook_url=webhook_url)
        self._control = Control(*parts, people=people)
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more; the state is on disk."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self.courier.close()
        self.world.save()

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control request without HTTP. Raises ValueError if it is refused."""
        status, answer = self._control.answer(method, path, body)
        if status != 200:
            raise ValueError(answer["error"])
        return msgspec.to_builtins(answer)

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Answer:
        """The answer to any HTTP request."""
        url = urlsplit(target)
        if url.path.startswith("/_"):
            status, found = self._control.answer(method, url.path, body)
            return Answer(status=status, body=found)
        query = dict(parse_qsl(url.query))
        return self._graph.answer(
            Request(method=method, path=url.path, query=query, headers=headers, body=body)
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        super().__init__(address, _Handler)
        self.simulator = simulator

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news; anything else is a defect of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the log is at /_log."""

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = _json(self.rfile.read(length))
        self._reply(self.server.simulator.answer(self.command, self.path, headers, body))

    def _reply(self, answer: Answer) -> None:
        body = msgspec.json.encode(answer.body)
        match answer.manner:
            case "stall" | "reset":
                self._hang_up(answer)
            case "html_200" | "html_500":
                self._write(int(answer.manner[-3:]), "text/html", HTML, {})
            case "truncated":
                self._write(answer.status, "application/json", body, {}, cut=len(body) // 2)
            case _:
                self._write(answer.status, "application/json", body, answer.headers)

    def _write(
        self, status: int, kind: str, body: bytes, headers: dict[str, str], cut: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = self.close_connection or cut is not None

    def _hang_up(self, answer: Answer) -> None:
        """Close without an answer: at once with a TCP reset, or after having kept the caller."""
        if answer.manner == "stall":
            time.sleep(answer.seconds)
        else:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
