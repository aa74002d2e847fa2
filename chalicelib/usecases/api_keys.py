"""API keys: issue, list, replace and take back. Nobody gives or takes more than they have."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.access import ApiKey, Role, hash_of, newest
from chalicelib.ports import ApiKeys, Runtime
from chalicelib.usecases.errors import Conflict, Forbidden, NotFound

_TRIES = 5  # others may change keys at the same time
_AT_ONCE = 90  # secrets; with the witness they fit into one transaction of DynamoDB


class Issued(Struct, frozen=True):
    """A key with its secret, which is told this once."""

    key: ApiKey
    secret: str


def create(
    name: str, role: Role, channels: tuple[str, ...] | None, by: ApiKey, keys: ApiKeys, rt: Runtime
) -> Issued:
    """A new key. Raises Forbidden for rights that the caller does not have."""
    if not by.role.includes(role):
        raise Forbidden("role", "A key cannot issue one with a higher role.")
    if not by.sees_all(channels):
        raise Forbidden("scope", "A key cannot issue one for channels that it does not see.")
    secret, key_id = secrets.token_urlsafe(32), secrets.token_hex(6)
    key = ApiKey(
        key_hash=hash_of(secret),
        key_id=key_id,
        name=name,
        role=role,
        channels=channels,
        created_at=rt.now(),
    )
    keys.add(key)
    rt.log.info("key_created", key_id=key_id, by_key_id=by.key_id)
    return Issued(key, secret)


def listing(by: ApiKey, keys: ApiKeys) -> tuple[ApiKey, ...]:
    """The keys that the caller may manage, the oldest first; revoked ones too."""
    return tuple(key for key in newest(keys.all()).values() if by.sees_all(key.channels))


def rotate(key_id: str, grace: timedelta, by: ApiKey, keys: ApiKeys, rt: Runtime) -> Issued:
    """A new secret for the key; the old one is good for `grace`. Raises NotFound, Conflict."""
    old, now, secret = _managed(key_id, by, keys), rt.now(), secrets.token_urlsafe(32)
    if old.revoked_at:
        raise Conflict("revoked", "The key was revoked: create a new one.")
    new = replace(old, key_hash=hash_of(secret), rotated_at=now)
    if not keys.rotate(old, new, now + grace):
        raise Conflict("changed", "Somebody else rotated or revoked the key at the same time.")
    rt.log.info("key_rotated", key_id=key_id, by_key_id=by.key_id)
    return Issued(new, secret)


def revoke(key_id: str, by: ApiKey, keys: ApiKeys, rt: Runtime) -> ApiKey:
    """The key without any right from now on, or since it was revoked before. Raises NotFound, and
    Conflict for the last key that may everything."""
    for _ in range(_TRIES):
        key = _managed(key_id, by, keys)
        if key.revoked_at:
            return key
        now = rt.now()
        if _taken_back(key, keys, now):
            rt.log.info("key_revoked", key_id=key_id, by_key_id=by.key_id)
            return replace(key, revoked_at=now)
    raise Conflict("changed", "Others changed keys at the same time: try again.")


def _taken_back(key: ApiKey, keys: ApiKeys, now: datetime) -> bool:
    known = keys.all()
    others = [each for each in newest(known).values() if each.key_id != key.key_id]
    witness = next((each for each in others if each.is_master and each.is_good(now)), None)
    if key.is_master and witness is None:
        raise Conflict("last_admin", "This is the last admin key for all channels.")
    good = [each for each in known if each.key_id == key.key_id and each.is_good(now)]
    good.sort(key=lambda secret: secret.expires_at is None)  # the one that tells, last
    return all(keys.revoke(part, now, witness if key.is_master else None) for part in _parts(good))


def _parts(secrets: Sequence[ApiKey]) -> Iterator[Sequence[ApiKey]]:
    for start in range(0, len(secrets), _AT_ONCE):
        yield secrets[start : start + _AT_ONCE]


def _managed(key_id: str, by: ApiKey, keys: ApiKeys) -> ApiKey:
    key = newest(keys.all()).get(key_id)
    if key is None or not by.sees_all(key.channels):
        raise NotFound("key")
    return key
