"""Who is calling: the holder of an API key. Only hashes are stored, never the key itself."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from chalicelib.core.access import ApiKey, hash_of
from chalicelib.ports import ApiKeys

# RFC 6750, 2.1: the scheme in any case, one space, a token of these characters.
_BEARER = re.compile(r"bearer ([A-Za-z0-9._~+/-]{1,512}=*)", re.IGNORECASE)


def caller(headers: Mapping[str, str], keys: ApiKeys, now: datetime) -> ApiKey | None:
    """The key that the request carries; None unless we issued it and it is still good."""
    match = _BEARER.fullmatch(headers.get("authorization") or "")
    if match is None:
        return None
    key_hash = hash_of(match[1])
    found = keys.find(key_hash)
    if found is None or not hmac.compare_digest(found.key_hash.encode(), key_hash.encode()):
        return None
    return found if found.is_good(now) else None
