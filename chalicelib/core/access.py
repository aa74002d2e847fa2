"""Who may do what through the HTTP API: a key's role, and the channels that it sees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """What a key may do; each may all that the one before it may."""

    READ = "read"  # look
    AGENT = "agent"  # answer customers
    ADMIN = "admin"  # settings, keys, repairs

    def includes(self, other: Role) -> bool:
        """Whether who has this role may do what asks for the other."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key that we issued; of the secret itself only the SHA-256 is kept, in hex."""

    key_hash: str
    key_id: str
    name: str = ""
    role: Role
    channels: tuple[str, ...] | None = None  # None: all, also those to come
    created_at: datetime | None = None
    rotated_at: datetime | None = None  # since when this secret is the one
    expires_at: datetime | None = None  # replaced by another secret, good until then
    revoked_at: datetime | None = None

    @property
    def is_master(self) -> bool:
        """Whether it may everything everywhere: one such key must always be left."""
        return self.role is Role.ADMIN and self.channels is None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at all."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def sees(self, channel_id: str) -> bool:
        """Whether the channel exists for this key."""
        return self.channels is None or channel_id in self.channels

    def sees_all(self, channels: tuple[str, ...] | None) -> bool:
        """Whether all these channels exist for this key; None: every channel."""
        if self.channels is None or channels is None:
            return self.channels is None
        return set(channels) <= set(self.channels)


def hash_of(secret: str) -> str:
    """What is kept of a key's secret: 32 random bytes need neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def newest(secrets: Iterable[ApiKey]) -> dict[str, ApiKey]:
    """Of each key, by its id, the secret that is the one, or was last; the oldest key first."""
    in_order = sorted(secrets, key=lambda secret: (secret.expires_at is None, _since(secret)))
    keys = sorted(in_order, key=lambda secret: (_moment(secret.created_at), secret.key_id))
    by_id = {key.key_id: key for key in keys}
    return by_id | {secret.key_id: secret for secret in in_order}


def _since(secret: ApiKey) -> datetime:
    return _moment(secret.rotated_at or secret.created_at)


def _moment(at: datetime | None) -> datetime:
    return at or datetime.min.replace(tzinfo=UTC)
