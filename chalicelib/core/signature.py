"""Is a delivery really from Meta? HMAC-SHA256 over the raw bytes, keyed with the app secret.

https://developers.facebook.com/docs/messenger-platform/webhooks "Validate payloads" (2026-11-21):
`X-Hub-Signature-256: sha256=<64 lowercase hex digits>`. The digest is over the bytes as sent, with
their `\\uXXXX` escapes, so a body that was parsed and written again does not match.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence

_HEADER = re.compile(r"sha256=([0-9a-f]{64})")


def claimed_digest(header: str | None) -> bytes | None:
    """The hex digest a signature header claims, or None if it is not such a header."""
    match = _HEADER.fullmatch(header or "")
    return match[1].encode() if match else None


def matching_secret(raw: bytes, claimed: bytes, secrets: Sequence[bytes]) -> int | None:
    """Which of the secrets signed these bytes, or None. An empty secret matches nothing."""
    for position, secret in enumerate(secrets):
        # On bytes: compare_digest raises on a str that is not ASCII.
        if secret and hmac.compare_digest(_hex_digest(raw, secret), claimed):
            return position
    return None


def is_same_token(given: str, expected: str | None) -> bool:
    """Whether the tokens are equal, in constant time. Without an expected token nothing is."""
    if not expected:
        return False
    return hmac.compare_digest(_to_bytes(given), _to_bytes(expected))


def _hex_digest(raw: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, raw, "sha256").hex().encode()


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
