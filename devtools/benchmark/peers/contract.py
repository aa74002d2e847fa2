"""What a rival is asked to do, and the signature check of those who have none."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handle = Callable[[Any], object]


class ForgedError(Exception):
    """The signature is not that of the body."""


def _nothing() -> None:
    """Most keep nothing."""


@dataclass(frozen=True)
class Peer:
    """`read` takes the raw body and the header `X-Hub-Signature-256`, and calls the handler with
    each message. `forget` makes it new again, where it remembers what it has had."""

    read: Callable[[bytes, str], object]
    forget: Callable[[], object] = _nothing


def check(secret: bytes, raw: bytes, signature: str) -> None:
    """As one would write it oneself. Raises ForgedError."""
    expected = "sha256=" + hmac.new(secret, raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise ForgedError
