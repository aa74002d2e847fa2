"""How a view becomes a route: behind the API key and its role, objections answered as problems."""

from __future__ import annotations

import functools
from collections.abc import Callable

from chalice.app import Blueprint, Request, Response

from chalicelib.api.authentication import caller
from chalicelib.api.problems import problem
from chalicelib.api.reading import BodyTooLarge
from chalicelib.core.access import Role
from chalicelib.ports import ApiKeys, Runtime
from chalicelib.usecases.errors import InvalidInput, NotFound

View = Callable[..., Response]


def endpoint(blueprint: Blueprint, method: str, path: str, *, role: Role) -> Callable[[View], View]:
    """Registers `view(request, **path parameters)` on the blueprint, behind an API key of at least
    this role."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(**path_parameters: str) -> Response:
            request: Request = blueprint.current_request
            key = caller(request.headers, api_keys(), runtime().now())
            if key is None:
                return _unauthorised()
            if not key.role.includes(role):
                return _forbidden(role)
            return _answered(view, request, path_parameters)

        blueprint.route(path, methods=[method], cors=False)(answer)
        return view

    return register


def runtime() -> Runtime:
    """The real outside world; imported late, so that importing the routes stays cheap."""
    from chalicelib import bootstrap

    return bootstrap.live()


def api_keys() -> ApiKeys:
    """The keys we issued."""
    from chalicelib import bootstrap

    return bootstrap.api_keys()


def _answered(view: View, request: Request, path_parameters: dict[str, str]) -> Response:
    try:
        return view(request, **path_parameters)
    except NotFound:
        return problem(404)
    except InvalidInput as error:
        return problem(400, detail=str(error), field=error.field)
    except BodyTooLarge:
        return problem(413)


def _unauthorised() -> Response:
    response = problem(401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _forbidden(role: Role) -> Response:
    return problem(403, detail=f"This needs an API key with the role {role}.", reason="role")
