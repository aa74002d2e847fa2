"""One HTTP call to a platform, made once: what failed before a byte went out is told apart.

requests is loaded by the first call: most starts of a function end without one.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.platforms import ErrorClass, SendError

if TYPE_CHECKING:
    from requests import PreparedRequest, Session
    from requests.exceptions import ConnectionError as NotConnected


class Answer(Struct, frozen=True):
    """What came back, whatever the status."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Call(Struct, frozen=True, kw_only=True):
    """`query` is added to that of the URL; `timeouts` are seconds to connect and to read."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    timeouts: tuple[float, float]


def new_session() -> Session:
    """Connections of our own, to servers whose certificates are checked.

    Nothing is taken from the environment (proxies, .netrc, other certificates), nothing is
    repeated, and no cookie that one channel was given goes out with the token of another.
    """
    # What guesses encodings is not in the package: we read bytes.
    warnings.filterwarnings("ignore", "Unable to find acceptable character detection")
    from http.cookiejar import DefaultCookiePolicy

    from requests import Session
    from requests.adapters import HTTPAdapter

    session = Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=0))
    return session


def once(session: Session, call: Call) -> Answer:
    """Make the call: no redirect is followed, nothing is repeated.

    Raises SendError: RETRY if no byte left, BAD_REQUEST if the call cannot be put on the wire, else
    AMBIGUOUS. It names no address: that may hold a secret.
    """
    from requests import exceptions

    request = _prepared(session, call)
    try:
        response = session.send(request, timeout=call.timeouts, allow_redirects=False)
    except exceptions.ConnectTimeout:
        never_connected = True
    except exceptions.ConnectionError as error:
        never_connected = _never_connected(error)
    except exceptions.RequestException:
        never_connected = False
    else:
        return Answer(response.status_code, response.headers, response.content)
    if never_connected:
        raise SendError("retry_no_connection", error_class=ErrorClass.RETRY) from None
    raise SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS) from None


def _prepared(session: Session, call: Call) -> PreparedRequest:
    """All that can be wrong with our request shows here, before it may have been sent."""
    from requests import Request
    from requests.exceptions import InvalidJSONError

    try:
        headers = {name: value.encode("latin-1") for name, value in call.headers.items()}
        request = Request(call.method, call.url, headers, params=call.query, json=call.body)
        return session.prepare_request(request)
    except (ValueError, InvalidJSONError):
        raise SendError("bad_request_unsendable", error_class=ErrorClass.BAD_REQUEST) from None


def _never_connected(error: NotConnected) -> bool:
    """No byte of the request left: no connection, or its certificate was refused."""
    from ssl import SSLCertVerificationError

    from urllib3.exceptions import NewConnectionError, SSLError
    from urllib3.util.ssl_match_hostname import CertificateError  # of another host, in urllib3 1

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, SSLError):
        cause = reason.args[0] if reason.args else None
        return isinstance(cause, SSLCertVerificationError | CertificateError)
    return isinstance(reason, NewConnectionError)
