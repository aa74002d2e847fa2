"""API keys, one row for each secret, by its hash. A secret found is trusted for a minute: one taken
back ends within it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.connection.base import Connection
from pynamodb.constants import STRING
from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib.core.access import ApiKey, Role
from chalicelib.storage._connection import bind
from chalicelib.storage._models import JsonAttribute

TRUSTED_SECONDS = 60


class TimeAttribute(Attribute[datetime]):
    """A time as ISO 8601 text, as the first release wrote it."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value).astimezone(UTC)


class _Item(Model):
    """A row of the first release has no role: it is an admin's, of all channels."""

    key_hash = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)
    channels = JsonAttribute(null=True)
    created_at = TimeAttribute(null=True)
    rotated_at = TimeAttribute(null=True)
    expires_at = TimeAttribute(null=True)
    revoked_at = TimeAttribute(null=True)


class ApiKeys:
    """Fulfils `ports.ApiKeys`. What is not found is not remembered: a new key works at once."""

    def __init__(
        self,
        table_name: str,
        connection: Connection,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._item, self._seconds = bind(_Item, table_name, connection), seconds
        self._connection = connection
        self._found: dict[str, tuple[float, ApiKey]] = {}

    def find(self, key_hash: str) -> ApiKey | None:
        """The key with this hash, at most 60 seconds old."""
        if key_hash in self._found:
            found_at, key = self._found[key_hash]
            if self._seconds() - found_at < TRUSTED_SECONDS:
                return key
            del self._found[key_hash]
        return self._look_up(key_hash)

    def all(self) -> tuple[ApiKey, ...]:
        """Every secret that we issued, good or not."""
        return tuple(_key(row) for row in self._item.scan(consistent_read=True))

    def add(self, key: ApiKey) -> None:
        self._row(key).save()

    def rotate(self, old: ApiKey, new: ApiKey, until: datetime) -> bool:
        """Put the new secret in place of the old one, which is good until then. False if the old
        one was replaced or revoked meanwhile."""
        from pynamodb.transactions import TransactWrite

        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(
                    self._item(old.key_hash), [_Item.expires_at.set(until)], _is_the_one()
                )
                transaction.save(self._row(new), _Item.key_hash.does_not_exist())
        except TransactWriteError as error:
            _raise_unless_refused(error)
            return self._look_up(new.key_hash) == new  # then only the answer was lost
        self._found.pop(old.key_hash, None)
        return True

    def revoke(self, secrets: Sequence[ApiKey], at: datetime, witness: ApiKey | None) -> bool:
        """Take these secrets back while the witness stays good. False if one of them, or the
        witness, has changed since it was read."""
        from pynamodb.transactions import TransactWrite

        try:
            with TransactWrite(connection=self._connection) as transaction:
                for secret in secrets:
                    transaction.update(
                        self._item(secret.key_hash), [_Item.revoked_at.set(at)], _is_as_read(secret)
                    )
                if witness:
                    transaction.condition_check(
                        self._item, witness.key_hash, condition=_is_the_one()
                    )
        except TransactWriteError as error:
            _raise_unless_refused(error)
        revoked = [self._look_up(secret.key_hash) for secret in secrets]
        # After a refusal too: then only the answer was lost.
        return all(secret is not None and secret.revoked_at == at for secret in revoked)

    def _look_up(self, key_hash: str) -> ApiKey | None:
        asked_at = self._seconds()
        try:
            key = _key(self._item.get(key_hash, consistent_read=True))
        except DoesNotExist:
            return None
        self._found[key_hash] = (asked_at, key)
        return key

    def _row(self, key: ApiKey) -> _Item:
        return self._item(
            key.key_hash,
            key_id=key.key_id,
            name=key.name,
            role=str(key.role),
            channels=key.channels,
            created_at=key.created_at,
            rotated_at=key.rotated_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
        )


def _key(row: _Item) -> ApiKey:
    return ApiKey(
        key_hash=row.key_hash,
        key_id=row.key_id,
        name=row.name or "",
        role=Role(row.role or Role.ADMIN),
        channels=None if row.channels is None else tuple(row.channels),
        created_at=row.created_at,
        rotated_at=row.rotated_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _is_the_one() -> Condition:
    """The secret of its key, which nobody replaced or took back."""
    is_good: Condition = _Item.expires_at.does_not_exist() & _Item.revoked_at.does_not_exist()
    is_the_one: Condition = is_good & _Item.key_hash.exists()
    return is_the_one


def _is_as_read(secret: ApiKey) -> Condition:
    if secret.expires_at is None:
        return _is_the_one()
    is_same: Condition = _Item.expires_at == secret.expires_at
    is_as_read: Condition = is_same & _Item.revoked_at.does_not_exist()
    return is_as_read


def _raise_unless_refused(error: TransactWriteError) -> None:
    """What somebody else's write is in the way of is refused; every other error is raised again."""
    reasons = {each.code for each in error.cancellation_reasons if each}
    if not reasons or not reasons <= {"ConditionalCheckFailed", "TransactionConflict"}:
        raise error
