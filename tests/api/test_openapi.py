"""The OpenAPI document: valid, complete, and true (conftest holds every answer of every test of
this folder against it)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.contract import declarations, names_a_channel, operations

ROOT = Path(__file__).parents[2]
WITHOUT_KEY = {("GET", "/v1/health"), ("GET", "/v1/openapi.json")}
SAME_FOR_ALL = {("GET", "/v1/texts"), ("GET", "/v1/policy/rules")}
# Neither channel nor conversation stands in the request: the view itself looks at the caller.
OF_THE_CALLER = {
    ("GET", "/v1/channels"),
    ("GET", "/v1/rate-cards"),
    ("PUT", "/v1/rate-cards"),
    ("GET", "/v1/keys"),
    ("POST", "/v1/keys"),
    ("GET", "/v1/notifications"),
    ("POST", "/v1/notifications"),
    ("POST", "/v1/notifications/dry-run"),
    ("GET", "/v1/notifications/{notification_id}"),
    ("GET", "/v1/notifications/{notification_id}/recipients"),
    ("POST", "/v1/notifications/{notification_id}/cancel"),
    ("POST", "/v1/keys/{key_id}/rotate"),
    ("DELETE", "/v1/keys/{key_id}"),
}


@pytest.fixture
def document(api):
    return api.call("GET", "/v1/openapi.json", b"", {}).body


def test_document_is_valid_openapi(document):
    assert document["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_document_tells_the_version_of_the_project(document):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert document["info"]["version"] == project["version"]


def test_document_has_every_route(app, document):
    routes = {(method, path) for path, methods in app.routes.items() for method in methods}
    assert {(method, path) for method, path, _ in operations(document)} == {
        route for route in routes if route[0] != "OPTIONS"
    }


def test_every_route_but_two_names_its_role(document):
    named = {(m, p): o.get("x-required-role") for m, p, o in operations(document)}
    assert {route for route, role in named.items() if role is None} == WITHOUT_KEY
    assert set(named.values()) - {None} == {"read", "agent", "admin"}


def test_who_only_looks_needs_the_least_role(document):
    looking = {o["x-required-role"] for m, p, o in operations(document) if _only_looks(m, p)}
    assert looking == {"read"}


def test_every_route_tells_what_it_does_and_answers(document):
    untold = [
        (method, path)
        for method, path, operation in operations(document)
        if not operation["summary"] or "content" not in _success(operation)
    ]
    assert untold == []


def test_no_schema_is_told_by_our_modules(document):
    schemas = document["components"]["schemas"]
    told = [name + schema.get("description", "") for name, schema in schemas.items()]
    assert [each for each in told if "chalicelib" in each or ".py" in each or "\n" in each] == []


def test_every_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names))


def test_every_route_is_held_to_the_channels_of_its_caller(app):
    free = {
        route
        for route, declared in declarations(app)
        if declared.role and not names_a_channel(route[1], declared)
    }
    assert free == OF_THE_CALLER | SAME_FOR_ALL
    asked = dict(declarations(app))
    assert all("caller" in asked[route].asks for route in OF_THE_CALLER)


def _only_looks(method: str, path: str) -> bool:
    return method == "GET" and (method, path) not in WITHOUT_KEY and "/keys" not in path


def _success(operation):
    return next(answer for status, answer in operation["responses"].items() if status < "300")
