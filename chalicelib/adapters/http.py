"""One HTTP call to a platform, made once: what failed before a byte went out is told apart.

urllib3 and the certificates that it checks by are those that botocore uses in the same container.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.platforms import ErrorClass, SendError

if TYPE_CHECKING:
    from urllib3 import PoolManager
    from urllib3.exceptions import HTTPError


class Answer(Struct, frozen=True):
    """What came back, whatever the status."""

    status: int
    headers: dict[str, str]
    content: bytes


class Call(Struct, frozen=True, kw_only=True):
    """`query` is added to that of the URL; `timeouts` are seconds to connect and to read."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    timeouts: tuple[float, float]


def new_pool() -> PoolManager:
    """Connections of our own: no proxy and no .netrc of the environment has a part in them."""
    from botocore.httpsession import get_cert_path
    from urllib3 import PoolManager

    return PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=get_cert_path(True))


def once(pool: PoolManager, call: Call) -> Answer:
    """Make the call: no redirect is followed, nothing is repeated.

    Raises SendError: RETRY if no byte left, BAD_REQUEST if the call cannot be put on the wire, else
    AMBIGUOUS. It names no address: that may hold a secret.
    """
    from urllib3.exceptions import HTTPError

    try:
        return _made(pool, call)
    except ValueError:
        raise SendError("bad_request_unsendable", error_class=ErrorClass.BAD_REQUEST) from None
    except HTTPError as error:
        never_connected = _never_connected(error)
    if never_connected:
        raise SendError("retry_no_connection", error_class=ErrorClass.RETRY) from None
    raise SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS) from None


def _made(pool: PoolManager, call: Call) -> Answer:
    from urllib3 import Timeout

    connect, read = call.timeouts
    response = pool.request(
        call.method,
        _address(call),
        body=None if call.body is None else json.dumps(call.body, allow_nan=False).encode(),
        headers={**call.headers, "Content-Type": "application/json"},
        timeout=Timeout(connect=connect, read=read),
        retries=False,
        redirect=False,
        enforce_content_length=True,
    )
    return Answer(response.status, dict(response.headers), response.data)


def _address(call: Call) -> str:
    if not call.query:
        return call.url
    return f"{call.url}{'&' if '?' in call.url else '?'}{urlencode(call.query)}"


def _never_connected(error: HTTPError) -> bool:
    """No byte of the request left: no connection, or its certificate was refused."""
    from ssl import SSLCertVerificationError

    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

    if isinstance(error, SSLError):
        return isinstance(error.args[0] if error.args else None, SSLCertVerificationError)
    return isinstance(error, ConnectTimeoutError | NewConnectionError)
