"""pywa: what its own web server calls for a delivery, its validator and then its handler.

Its memory of deliveries is off, because the same bodies come again; that spares it some work.
"""

from __future__ import annotations

from pywa.client import WhatsApp
from pywa.handlers import MessageHandler

from devtools.benchmark.peers.contract import ForgedError, Handle, Peer


def connect(secret: bytes, handle: Handle) -> Peer:
    client = WhatsApp(
        server=None,
        verify_token="token",  # noqa: S106 - nothing is verified with it
        app_secret=secret.decode(),
        skip_duplicate_updates=False,
    )
    client.add_handlers(MessageHandler(callback=lambda _client, message: handle(message)))

    def read(raw: bytes, signature: str) -> None:
        if client.webhook_update_validator(raw, signature):
            raise ForgedError
        client.webhook_update_handler(raw)

    return Peer(read)
