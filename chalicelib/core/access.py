"""Who may do what through the HTTP API: a key's role, and the channels that it sees."""

from __future__ import annotations

from datetime import datetime
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
