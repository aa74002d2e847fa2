"""Secrets from SSM Parameter Store: cached 5 minutes, longer while SSM does not answer.

They live in memory only: never in the environment, in logs or in exception messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the webhook reads no channel and need not load what they are made of
    from chalicelib.core.channel import ChannelSettings
    from chalicelib.ports import Log

FRESH_SECONDS = 300.0
BETWEEN_REFRESHES_SECONDS = 30.0
# After a failure: often enough to recover soon, rarely enough not to wait for SSM in every request.
RETRY_SECONDS = 5.0


class SsmSecrets:
    """The secrets below a path such as /hearback/prod. `client` gives the SSM client."""

    def __init__(
        self,
        path: str,
        client: Callable[[], Any],
        log: Log,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._log, self._seconds = client, log, seconds
        self._current, self._previous = f"{path}/app_secret", f"{path}/app_secret_previous"
        self._verify_token = f"{path}/verify_token"
        self._entrance = (self._current, self._previous, self._verify_token)
        self._cache: dict[tuple[str, ...], tuple[float, Mapping[str, str]]] = {}
        self._versions: dict[str, int] = {}  # of the settings, as a token was last read
        self._refreshed_at: float | None = None

    def app_secrets(self) -> tuple[bytes, ...]:
        """What may sign a delivery: the current secret, then the one before. Empty if unknown."""
        values = self._values(self._entrance)
        return tuple(
            values[name].encode() for name in (self._current, self._previous) if name in values
        )

    def verify_token(self) -> str | None:
        return self._values(self._entrance).get(self._verify_token)

    def access_token(self, channel: ChannelSettings) -> str | None:
        """Stored by a save of the settings: known with the version of them, and anew with the
        next."""
        name = channel.token_parameter
        if not name:
            return None
        if self._versions.setdefault(name, channel.version) < channel.version:
            self._versions[name] = channel.version
            self._outdate((name,))
        return self._values((name,)).get(name)

    def keep_access_token(self, name: str, token: str) -> None:
        """Store it, encrypted, in place of the one before. Raises NotKeptError."""
        from botocore.exceptions import BotoCoreError, ClientError

        from chalicelib.ports import NotKeptError

        try:
            self._client().put_parameter(
                Name=name, Value=token, Type="SecureString", Overwrite=True
            )
        except (BotoCoreError, ClientError) as error:
            self._log.warning("token_not_kept", error=type(error).__name__)
            raise NotKeptError from None  # the cause may hold the token
        self._outdate((name,))

    def refresh(self) -> bool:
        """Read what the webhook needs again, once in 30 seconds at most. True if it was read."""
        now = self._seconds()
        if self._refreshed_at is not None and now - self._refreshed_at < BETWEEN_REFRESHES_SECONDS:
            return False
        self._refreshed_at = now
        return self._load(self._entrance)

    def _values(self, names: tuple[str, ...]) -> Mapping[str, str]:
        fresh_until, _ = self._cache.get(names, (None, {}))
        if fresh_until is None or self._seconds() >= fresh_until:
            self._load(names)
        return self._cache[names][1]

    def _outdate(self, names: tuple[str, ...]) -> None:
        """Read again when asked next; what is known serves while SSM does not answer."""
        if names in self._cache:
            self._cache[names] = (self._seconds(), self._cache[names][1])

    def _load(self, names: tuple[str, ...]) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            values = self._read(names)
        except (BotoCoreError, ClientError) as error:
            self._log.warning("secrets_unavailable", error=type(error).__name__)
            _, stale = self._cache.get(names, (0.0, {}))
            self._cache[names] = (self._seconds() + RETRY_SECONDS, stale)
            return False
        self._cache[names] = (self._seconds() + FRESH_SECONDS, values)
        return True

    def _read(self, names: Sequence[str]) -> dict[str, str]:
        answer = self._client().get_parameters(Names=list(names), WithDecryption=True)
        # A pasted secret often ends in a line feed.
        return {item["Name"]: item["Value"].strip() for item in answer["Parameters"]}
