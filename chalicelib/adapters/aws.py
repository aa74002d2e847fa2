"""AWS clients from one botocore session: boto3 on top would slow the cold start and add nothing.

botocore reads endpoint (`AWS_ENDPOINT_URL`), region and credentials from the environment.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chalicelib

if TYPE_CHECKING:
    from botocore.session import Session

# Meta waits 5 seconds for an answer (webhooks page, read 2026-11-21): better to fail in time and be
# asked again.
CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
TRIES = 2
# Only in the deployment package (devtools/service_data.py): what botocore reads of a service, cut
# down to the operations we call. Without it, and for all else, botocore reads its own.
SERVICE_DATA = Path(chalicelib.__path__[0]) / "service_data"


@cache
def client(service: str) -> Any:
    """The container's one client of an AWS service, such as "sqs"."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
    )
    return session().create_client(service, config=config)


@cache
def session() -> Session:
    """The container's one session: credentials and endpoints are read once."""
    from botocore.session import get_session

    opened = get_session()
    if SERVICE_DATA.exists():
        opened.register_component("data_loader", _loader())
    return opened


def _loader() -> Any:
    """Reads our data first. Whether a service is known, botocore would ask in 400 folders of its
    own, for 20 ms of processor time: we call those that we have data for."""
    from botocore.loaders import Loader

    known = [path.name for path in SERVICE_DATA.iterdir() if path.is_dir()]
    loader = Loader(extra_search_paths=[str(SERVICE_DATA)])
    loader.list_available_services = lambda type_name: known
    return loader
