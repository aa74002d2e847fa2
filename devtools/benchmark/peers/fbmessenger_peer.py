"""fbmessenger: the class of its README. It checks no signature, so the check is ours, and it has no
typed event: the handler gets the platform's own dictionary."""

from __future__ import annotations

import json
from typing import Any

from fbmessenger import BaseMessenger

from devtools.benchmark.peers.contract import Handle, Peer, check


def connect(secret: bytes, handle: Handle) -> Peer:
    class Messenger(BaseMessenger):  # type: ignore[misc]
        def message(self, message: dict[str, Any]) -> None:
            handle(message)

        def _other(self, message: dict[str, Any]) -> None:
            """Nothing else is sent."""

        account_linking = delivery = optin = postback = read = _other

    messenger = Messenger("token")

    def read(raw: bytes, signature: str) -> None:
        check(secret, raw, signature)
        messenger.handle(json.loads(raw))

    return Peer(read)
