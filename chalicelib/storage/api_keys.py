"""API keys, by their hashes. A key found is trusted for a minute: one taken back ends within it."""

from __future__ import annotations

import time
from collections.abc import Callable

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection.base import Connection
from pynamodb.exceptions import DoesNotExist
from pynamodb.models import Model

from chalicelib.core.access import ApiKey, Role
from chalicelib.storage._connection import bind

TRUSTED_SECONDS = 60


class _Item(Model):
    key_hash = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)


class ApiKeys:
    """Fulfils `ports.ApiKeys`. What is not found is not remembered: a new key works at once."""

    def __init__(
        self,
        table_name: str,
        connection: Connection,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._item, self._seconds = bind(_Item, table_name, connection), seconds
        self._found: dict[str, tuple[float, ApiKey]] = {}

    def find(self, key_hash: str) -> ApiKey | None:
        """The key with this hash, at most 60 seconds old."""
        if key_hash in self._found:
            found_at, key = self._found[key_hash]
            if self._seconds() - found_at < TRUSTED_SECONDS:
                return key
            del self._found[key_hash]
        return self._look_up(key_hash)

    def _look_up(self, key_hash: str) -> ApiKey | None:
        asked_at = self._seconds()
        try:
            row = self._item.get(key_hash)
        except DoesNotExist:
            return None
        key = ApiKey(key_hash=row.key_hash, key_id=row.key_id, name=row.name or "", role=Role.ADMIN)
        self._found[key_hash] = (asked_at, key)
        return key
