"""AWS clients from one botocore session: boto3 on top would slow the cold start and add nothing.

botocore reads endpoint (`AWS_ENDPOINT_URL`), region and credentials from the environment.
"""

from __future__ import annotations

from functools import cache
from typing import Any

# Meta waits 5 seconds for an answer (webhooks page, read 2026-11-21): better to fail in time and be
# asked again.
CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
TRIES = 2


@cache
def client(service: str) -> Any:
    """The container's one client of an AWS service, such as "sqs"."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
    )
    return _session().create_client(service, config=config)


@cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()
