"""Identifiers we derive ourselves: deterministic, opaque, URL-safe."""

from __future__ import annotations

import base64
import hashlib
import re

SHARDS = 4
_ID_LENGTH = 22  # 132 bits of SHA-256
_CALLBACK = re.compile(r"([\w-]{22})\.(hb[\w-]{22})", re.ASCII)


def conversation_id(platform: str, channel_id: str, contact_id: str) -> str:
    """The id of the one conversation between a contact and a channel, for ever."""
    return digest("conversation", platform, channel_id, contact_id)


def attempt_id(key: str) -> str:
    """The id of the one attempt to send the message with this natural key."""
    return "hb" + digest("attempt", key)


def callback(conversation: str, attempt: str) -> str:
    """What travels with a message of ours and comes back in its echo or status: its row's key."""
    return f"{conversation}.{attempt}"


def row_of_callback(text: str | None) -> tuple[str, str] | None:
    """(conversation id, attempt id) of a callback of ours; None for anybody else's text."""
    found = _CALLBACK.fullmatch(text or "")
    return (found[1], found[2]) if found else None


def digest(*parts: str) -> str:
    """22 URL-safe characters that depend on every part and on where one part ends."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hashlib.sha256(joined).digest())[:_ID_LENGTH].decode()


def shard(conversation: str) -> int:
    """Which of the `SHARDS` parts of a (channel, day) partition holds this conversation."""
    return int.from_bytes(hashlib.sha256(conversation.encode()).digest()[:4], "big") % SHARDS
