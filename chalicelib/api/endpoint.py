"""How a view becomes a route: behind a key of the right role, given what it asks for, told to the
world by openapi.py, its objections answered as problems."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, Request, Response
from msgspec import Struct

from chalicelib.api import permission, reading
from chalicelib.api.problems import problem
from chalicelib.api.values import HEADERS
from chalicelib.core.access import Role
from chalicelib.ports import Runtime
from chalicelib.usecases import errors

View = Callable[..., Response]


class Declaration(Struct, frozen=True, kw_only=True):
    """What a route takes and answers."""

    role: Role | None
    asks: tuple[str, ...]
    query: type[Struct] | None
    body: type[Struct] | None
    answer: Any
    status: int
    answer_headers: tuple[str, ...]
    objections: tuple[int, ...]


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    role: Role | None,
    answer: Any,
    status: int = 200,
    query: type[Struct] | None = None,
    body: type[Struct] | None = None,
    answer_headers: tuple[str, ...] = (),
    objections: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Registers the view on the blueprint, behind an API key of at least this role (None: without
    a key). Its first paragraph is the route's description. It gets what its parameters name:

    the path's parameters; `query` and `body`, of the types told here; `document`, the body as it
    came, for a use case that checks it; a header of values.HEADERS, such as `idempotency_key`;
    `caller`, the API key; `request`.

    It answers `status` with the type `answer` and these headers, or a problem; `objections` are
    statuses beyond those that every such route may answer. A key that does not see a channel gets
    404 wherever `channel_id` or `conversation_id` of path, query or body leads to it."""

    def register(view: View) -> View:
        declared = Declaration(
            role=role,
            asks=_parameters(view),
            query=query,
            body=body,
            answer=answer,
            status=status,
            answer_headers=answer_headers,
            objections=objections,
        )
        respond = _responding(view, declared, blueprint)
        blueprint.route(path, methods=[method], cors=False)(respond)
        return view

    return register


def runtime() -> Runtime:
    """The real outside world; imported late, so that importing the routes stays cheap."""
    from chalicelib import bootstrap

    return bootstrap.live()


def _parameters(view: View) -> tuple[str, ...]:
    code = view.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _responding(view: View, declared: Declaration, blueprint: Blueprint) -> View:
    @functools.wraps(view)
    def respond(**path_parameters: str) -> Response:
        return _respond(view, declared, blueprint.current_request, path_parameters)

    vars(respond)["declared"] = declared
    return respond


def _respond(
    view: View, declared: Declaration, request: Request, path_parameters: dict[str, str]
) -> Response:
    try:
        given = _given(declared, request, path_parameters)
        return view(**{name: given[name] for name in declared.asks})
    except permission.NoKey:
        return _unauthorised()
    except errors.NotFound:
        return problem(404)
    except errors.InvalidInput as error:
        return problem(400, detail=str(error), field=error.field)
    except reading.BodyTooLarge:
        return problem(413)
    except errors.Objection as error:
        refusal = error.refusal if isinstance(error, errors.Refused) else None
        status = STATUS_OF[type(error)]
        return problem(status, detail=error.sentence, reason=error.reason, refusal=refusal)


STATUS_OF: dict[type[errors.Objection], int] = {
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.Refused: 409,
    errors.Outdated: 412,
    errors.KeyReused: 422,
    errors.ConditionMissing: 428,
}


def _given(declared: Declaration, request: Request, path: dict[str, str]) -> dict[str, Any]:
    """All that a view may ask for. Refuses what the key may not do or see."""
    given: dict[str, Any] = {"request": request}
    if declared.role:
        given["caller"] = permission.caller(request, declared.role, runtime)
    given |= _ids(request.method, path) | _headers(declared, request)
    if declared.query or "request" not in declared.asks:
        given["query"] = reading.parameters(request, declared.query or NoParameters)
    if declared.body:
        given["document"] = reading.body(request)
    if declared.body and "document" not in declared.asks:
        given["body"] = reading.typed(given["document"], declared.body)
    if declared.role:
        permission.check_scope(given, runtime)
    return given


class NoParameters(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of a route that takes no parameters."""


def _ids(method: str, path: dict[str, str]) -> dict[str, str]:
    """PUT names something new: its use case says what the name must be."""
    if method == "PUT":
        return path
    return {name: reading.path_id(value, name) for name, value in path.items()}


def _headers(declared: Declaration, request: Request) -> dict[str, Any]:
    return {
        asked: reading.header(request, *HEADERS[asked])
        for asked in declared.asks
        if asked in HEADERS
    }


def _unauthorised() -> Response:
    response = problem(401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response
