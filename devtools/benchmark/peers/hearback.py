"""Ours: what the webhook does before it queues, then the handler for every event."""

from __future__ import annotations

from chalicelib.core.signature import claimed_digest, matching_secret
from chalicelib.platforms import events_in
from devtools.benchmark.peers.contract import ForgedError, Handle, Peer


def connect(secret: bytes, handle: Handle) -> Peer:
    secrets = (secret,)

    def read(raw: bytes, signature: str) -> None:
        claimed = claimed_digest(signature)
        if claimed is None or matching_secret(raw, claimed, secrets) is None:
            raise ForgedError
        for event in events_in(raw):
            handle(event)

    return Peer(read)
