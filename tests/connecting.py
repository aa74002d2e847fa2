"""What connecting a channel needs, in tests: the stand-in for Meta, its dashboard, our secrets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalicelib.adapters.graph_admin import GraphAdmin
from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Connecting, NotKeptError
from devtools.simulator import Simulator
from tests import builders, fakes

APP_ID, APP_SECRET, VERIFY_TOKEN = "987654321", "app-secret", "verify-token"
TOKEN = "EAAG-a-token-made-up-for-tests"
PARAMETER = f"/hearback/test/channels/{builders.CHANNEL}/token"


class FakeChannelSecrets:
    """Fulfils `ports.ChannelSecrets`."""

    def __init__(self, **tokens: str) -> None:
        self.tokens, self.is_broken = dict(tokens), False
        self.secret: bytes | None = APP_SECRET.encode()

    def app_secrets(self) -> tuple[bytes, ...]:
        return (self.secret,) if self.secret else ()

    def verify_token(self) -> str | None:
        return VERIFY_TOKEN

    def access_token(self, channel: ChannelSettings) -> str | None:
        return self.tokens.get(channel.token_parameter or "")

    def keep_access_token(self, name: str, token: str) -> None:
        if self.is_broken:
            raise NotKeptError
        self.tokens[name] = token


class Dashboard:
    """Meta with our app in it, and one channel: that of `builders` unless told otherwise."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.has()

    def has(self, **facts: Any) -> None:
        """The channel, as Meta knows it."""
        known = {"platform": "messenger", "channel_id": builders.CHANNEL, "token": TOKEN}
        self.simulator.control("POST", "/_channels", [known | {"app_id": APP_ID} | facts])

    @property
    def subscriptions(self) -> dict[str, list[str]]:
        """The fields that our app is subscribed to, by channel."""
        return self.simulator.world.state.subscriptions

    def calls(self, method: str) -> list[str]:
        """The paths that were called, below the version."""
        log = self.simulator.control("GET", "/_log")
        paths = [call["path"] for call in log if call["method"] == method]
        return [path.partition("/v25.0")[2] for path in paths]


@contextmanager
def dashboard() -> Iterator[Dashboard]:
    """The stand-in, whose dashboard was told an address of ours that shakes hands."""
    webhook = ThreadingHTTPServer(("127.0.0.1", 0), _Webhook)
    thread = threading.Thread(target=webhook.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{webhook.server_address[1]}/webhooks/meta"
    with Simulator(webhook_url=url, app_secret=APP_SECRET) as simulator:
        yield Dashboard(simulator)
    webhook.shutdown()
    webhook.server_close()


def connecting(meta: Dashboard, secrets: FakeChannelSecrets) -> Connecting:
    """The adapter itself, which speaks to the stand-in."""
    settings = builders.settings(stage="local", graph_url=meta.simulator.url)
    return Connecting(GraphAdmin(settings, secrets, fakes.FakeLog()), secrets)


class _Webhook(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        is_ours = asked.get("hub.verify_token") == VERIFY_TOKEN
        self.send_response(200 if is_ours else 403)
        self.end_headers()
        self.wfile.write(asked["hub.challenge"].encode() if is_ours else b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""
