"""pywa on the same WhatsApp body: its own signature check, its typed update, a handler called."""

from __future__ import annotations

from collections.abc import Callable

from devtools.benchmark.bodies import SECRET, Delivery


class RivalError(Exception):
    """pywa did not do the work it is timed for."""


def reader() -> Callable[[Delivery], object]:
    """What pywa's own web server calls for a delivery: validator, then handler.

    Its memory of deliveries is off, because the same bodies come again; that spares it some work.
    """
    from pywa.client import WhatsApp
    from pywa.handlers import MessageHandler

    client = WhatsApp(
        server=None,
        verify_token="token",  # noqa: S106 - nothing is verified with it
        app_secret=SECRET.decode(),
        skip_duplicate_updates=False,
    )
    seen: list[object] = []
    client.add_handlers(MessageHandler(callback=lambda _client, message: seen.append(message)))

    def read(delivery: Delivery) -> object:
        refused = client.webhook_update_validator(delivery.raw, delivery.signature)
        client.webhook_update_handler(delivery.raw)
        if refused or not seen:
            raise RivalError("pywa called no handler")
        return seen.pop()

    return read
