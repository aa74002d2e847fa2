"""heyoo: the hook of its README. It checks no signature, so the check is ours, and it has no typed
event: the handler gets what the hook asks for, one after the other."""

from __future__ import annotations

import json

from heyoo import WhatsApp

from devtools.benchmark.peers.contract import Handle, Peer, check


def connect(secret: bytes, handle: Handle) -> Peer:
    messenger = WhatsApp("token", phone_number_id="106540352242922")

    def read(raw: bytes, signature: str) -> None:
        check(secret, raw, signature)
        data = json.loads(raw)
        if messenger.changed_field(data) != "messages" or not messenger.is_message(data):
            return
        sender = messenger.get_mobile(data), messenger.get_name(data)
        if messenger.get_message_type(data) == "text":
            handle((*sender, messenger.get_message(data)))

    return Peer(read)
