"""API keys, by their hashes. A key found is trusted for a minute: one taken back ends within it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.models import Model

from chalicelib.config import Settings
from chalicelib.ports import ApiKey
from chalicelib.storage._connection import bind, connect

TRUSTED_FOR = timedelta(seconds=60)


class DynamoApiKeys:
    """Fulfils `ports.ApiKeys`. What is not found is not remembered: a new key works at once."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._item = bind(_Item, settings.api_keys_table, connect(settings.region))
        self._now = now
        self._found: dict[str, tuple[datetime, ApiKey]] = {}

    def find(self, key_hash: str) -> ApiKey | None:
        """The key with this hash, at most 60 seconds old."""
        now = self._now()
        if key_hash in self._found:
            found_at, key = self._found[key_hash]
            # A clock that was set back must not prolong the trust.
            if timedelta(0) <= now - found_at < TRUSTED_FOR:
                return key
            del self._found[key_hash]
        return self._look_up(key_hash, now)

    def _look_up(self, key_hash: str, now: datetime) -> ApiKey | None:
        try:
            row = self._item.get(key_hash)
        except DoesNotExist:
            return None
        key = ApiKey(key_hash=row.key_hash, key_id=row.key_id, name=row.name or "")
        self._found[key_hash] = (now, key)
        return key


class _Item(Model):
    key_hash = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
