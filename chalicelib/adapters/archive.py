"""S3: where quarantined bodies wait for an operator, until the bucket forgets them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.ports import NotKeptError

PREFIX = "quarantine/"
LARGE_PREFIX = "quarantine/large/"  # all that the webhook may write, and it may not read


class S3Archive:
    """Bodies under `<prefix>YYYY/MM/DD/<id>-<reason>`: a body seen twice in a day is kept once."""

    def __init__(self, bucket: str, client: Callable[[], Any], *, prefix: str = PREFIX) -> None:
        self._bucket, self._client, self._prefix = bucket, client, prefix

    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        """Keep a body; returns its id. Raises NotKeptError, which names the failure, no content."""
        from botocore.exceptions import BotoCoreError, ClientError

        identifier = hashlib.sha256(body).hexdigest()[:32]
        key = f"{self._prefix}{at:%Y/%m/%d}/{identifier}-{reason}"
        try:
            self._client().put_object(Bucket=self._bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError) as error:
            raise NotKeptError(type(error).__name__) from None
        return identifier
