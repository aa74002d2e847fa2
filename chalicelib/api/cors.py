"""Browsers of other origins: shut out, but for those that the stage names (CORS_ORIGINS).

https://fetch.spec.whatwg.org/#http-cors-protocol (read 2026-11-21). The key travels in a header
that a page's own code sets: no cookies, thus no Access-Control-Allow-Credentials.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint, Chalice, Request, Response

from chalicelib.api.endpoint import runtime
from chalicelib.api.problems import problem
from chalicelib.api.values import HEADERS

cors = Blueprint(__name__)

REMEMBERED_SECONDS = 600
ASKED = ("Authorization", "Content-Type", *(name for name, _ in HEADERS.values()))
TOLD = "Allow, ETag, Retry-After, WWW-Authenticate"


@cors.middleware("http")
def let_known_origins_read(
    request: Request, get_response: Callable[[Request], Response]
) -> Response:
    """Every answer, an error too, may be read by pages of the origins that the stage names."""
    response = get_response(request)
    origin = _origin(request)
    if origin:
        response.headers |= {"Vary": "Origin"} | (_allowed(origin) if _is_known(origin) else {})
    return response


def answer_preflight(app: Chalice) -> None:
    """Registers OPTIONS on every path of the app: a route of its own, as the gateway lets nothing
    else through. It needs no key, because browsers send none with it."""
    for path in list(app.routes):
        methods = sorted(app.routes[path])
        app.route(path, methods=["OPTIONS"], cors=False)(_preflight(app, methods))


def _preflight(app: Chalice, methods: list[str]) -> Callable[..., Response]:
    def preflight(**path_parameters: str) -> Response:
        """What a page of a known origin may send here."""
        if not _is_known(_origin(app.current_request)):
            refused = problem(405)
            refused.headers["Allow"] = ", ".join(methods)
            return refused
        headers: dict[str, str | list[str]] = {
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": ", ".join(ASKED),
            "Access-Control-Max-Age": str(REMEMBERED_SECONDS),
        }
        return Response("", headers, 204)

    return preflight


def _origin(request: Request | None) -> str:
    """Empty for who is no browser, or no request at all."""
    return (request.headers.get("origin") or "") if request else ""


def _allowed(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": TOLD}


def _is_known(origin: str) -> bool:
    """Whether it is exactly one of those that the stage names."""
    return origin in runtime().settings.cors_origins
