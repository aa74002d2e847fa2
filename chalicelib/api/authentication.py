"""Who may call: holders of an API key. Only hashes are stored; the key itself is never kept."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from chalicelib.ports import ApiKeys

# RFC 6750, 2.1: the scheme in any case, one space, a token of these characters.
_BEARER = re.compile(r"bearer ([A-Za-z0-9._~+/-]{1,512}=*)", re.IGNORECASE)


def is_authenticated(headers: Mapping[str, str], keys: ApiKeys) -> bool:
    """Whether the request carries a key that we issued and did not take back."""
    match = _BEARER.fullmatch(headers.get("authorization") or "")
    if match is None:
        return False
    key_hash = hash_of(match[1])
    found = keys.find(key_hash)
    return found is not None and hmac.compare_digest(found.key_hash.encode(), key_hash.encode())


def hash_of(key: str) -> str:
    """What is stored of a key. A key is 32 random bytes, so no salt and no slow hash are needed."""
    return hashlib.sha256(key.encode()).hexdigest()
