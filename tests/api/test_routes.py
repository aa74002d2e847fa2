"""What holds for every route: the key, the shape of errors, the headers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from chalice.app import Response

import chalicelib
from chalicelib.api.problems import answer_in_one_shape
from tests.api.conftest import KEY

ROUTES = {
    ("GET", "/v1/health"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/conversations"),
    ("GET", "/v1/conversations/{conversation_id}"),
    ("GET", "/v1/conversations/{conversation_id}/messages"),
    ("POST", "/v1/conversations/{conversation_id}/messages"),
    ("POST", "/v1/conversations/{conversation_id}/messages/{message_id}/resend"),
    ("POST", "/v1/conversations/{conversation_id}/messages/{message_id}/cancel"),
    ("POST", "/v1/conversations/{conversation_id}/handover"),
    ("POST", "/v1/conversations/{conversation_id}/assignment"),
    ("PUT", "/v1/conversations/{conversation_id}/tags"),
    ("POST", "/v1/conversations/{conversation_id}/close"),
    ("POST", "/v1/contacts/merge"),
    ("POST", "/v1/contacts/unmerge"),
    ("POST", "/v1/contacts/erase"),
    ("GET", "/v1/sends"),
    ("GET", "/v1/notifications"),
    ("POST", "/v1/notifications"),
    ("POST", "/v1/notifications/dry-run"),
    ("GET", "/v1/notifications/{notification_id}"),
    ("GET", "/v1/notifications/{notification_id}/recipients"),
    ("POST", "/v1/notifications/{notification_id}/cancel"),
    ("GET", "/v1/decisions"),
    ("GET", "/v1/conversations/{conversation_id}/decisions"),
    ("POST", "/v1/conversations/{conversation_id}/notification-requests"),
    ("POST", "/v1/conversations/{conversation_id}/notifications"),
    ("GET", "/v1/conversations/{conversation_id}/opt-ins"),
    ("POST", "/v1/conversations/{conversation_id}/opt-ins"),
    ("DELETE", "/v1/conversations/{conversation_id}/opt-ins"),
    ("POST", "/v1/conversations/{conversation_id}/triggers"),
    ("POST", "/v1/channels/{channel_id}/rules/dry-run"),
    ("GET", "/v1/channels"),
    ("GET", "/v1/channels/{channel_id}"),
    ("PUT", "/v1/channels/{channel_id}"),
    ("GET", "/v1/channels/{channel_id}/connection"),
    ("POST", "/v1/channels/{channel_id}/connection"),
    ("GET", "/v1/channels/{channel_id}/profile"),
    ("PUT", "/v1/channels/{channel_id}/profile"),
    ("GET", "/v1/channels/{channel_id}/costs"),
    ("GET", "/v1/texts"),
    ("POST", "/v1/policy/check"),
    ("GET", "/v1/policy/rules"),
    ("GET", "/v1/rate-cards"),
    ("PUT", "/v1/rate-cards"),
    ("GET", "/v1/reports/answerers"),
    ("GET", "/v1/reports/facts"),
    ("GET", "/v1/reports/responsiveness"),
    ("POST", "/v1/reports/recompute"),
    ("GET", "/v1/keys"),
    ("POST", "/v1/keys"),
    ("POST", "/v1/keys/{key_id}/rotate"),
    ("DELETE", "/v1/keys/{key_id}"),
}
REFERENCE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
ANY_ID = re.compile(r"\{\w+\}")
WITH_KEY = sorted(ROUTES - {("GET", "/v1/health"), ("GET", "/v1/openapi.json")})
JSON = {"Content-Type": "application/json"}


def filled(path: str) -> str:
    return path.replace("{conversation_id}", "c" * 22).replace("{channel_id}", "1")


def problem_of(answer) -> tuple[str, int, int]:
    return answer.headers["Content-Type"], answer.status, answer.body["status"]


def test_routes_are_these(app):
    routes = {(method, path) for path, methods in app.routes.items() for method in methods}
    assert {route for route in routes if route[0] != "OPTIONS"} == ROUTES


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
def test_every_route_is_in_the_reference(method, path):
    assert f"`{method} {ANY_ID.sub('{id}', path)}`" in REFERENCE


def test_no_route_allows_other_origins(app):
    assert {entry.cors for methods in app.routes.values() for entry in methods.values()} == {None}


@pytest.mark.parametrize(("method", "path"), WITH_KEY)
@pytest.mark.parametrize("headers", [JSON, JSON | {"Authorization": "Bearer another"}])
def test_every_other_route_refuses_callers_without_a_key(api, method, path, headers):
    answer = api.call(method, filled(path), b"{}", headers)
    assert problem_of(answer) == ("application/problem+json", 401, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), WITH_KEY)
def test_refusal_tells_nothing_about_the_key(api, method, path):
    answer = api.call(method, filled(path), b"{}", JSON | {"Authorization": f"Basic {KEY}"})
    assert KEY not in str(answer)


def test_health_needs_no_key(api):
    answer = api.call("GET", "/v1/health", b"", {})
    assert (answer.status, answer.body) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "path", ["/v1/conversations/" + "c" * 22, "/v1/conversations/a%2Fb", "/v1/channels/999"]
)
def test_what_does_not_exist_is_not_found_in_one_and_the_same_way(api, path):
    answer = api.get(path)
    assert answer.status == 404
    assert answer.body == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such thing here.",
    }


def test_unknown_method_is_a_problem_that_names_the_known_ones(api):
    answer = api.call("DELETE", "/v1/health", b"", JSON)
    assert problem_of(answer) == ("application/problem+json", 405, 405)
    assert answer.headers["Allow"] == "GET, OPTIONS"


def test_address_that_does_not_exist_is_a_problem(app):
    """The gateway answers most of them itself."""
    context = {"resourcePath": "/v1/nothing", "httpMethod": "GET", "path": "/api/v1/nothing"}
    absent = ("multiValueQueryStringParameters", "pathParameters", "body", "stageVariables")
    event = {"headers": {}, "isBase64Encoded": False, "requestContext": context}
    answer = app(event | dict.fromkeys(absent), None)
    assert (answer["statusCode"], json.loads(answer["body"])["status"]) == (404, 404)
    assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_body_of_another_type_is_a_problem_that_does_not_repeat_it(api):
    answer = api.call("PUT", "/v1/channels/1", b"x", api.headers | {"Content-Type": "text/evil"})
    assert problem_of(answer) == ("application/problem+json", 415, 415)
    assert "evil" not in str(answer.body)


def test_missing_content_type_is_taken_for_json(api):
    answer = api.call("PUT", "/v1/channels/1", b"{", {"Authorization": f"Bearer {KEY}"})
    assert (answer.status, answer.body["field"]) == (400, "body")


@pytest.mark.parametrize("path", ["/v1/channels/1", "/v1/channels/2"])
def test_too_long_body_is_a_problem(api, path):
    answer = api.call("PUT", path, b'{"name": "' + b"x" * 200_000 + b'"}')
    assert problem_of(answer) == ("application/problem+json", 413, 413)


def test_failure_of_ours_is_a_problem_without_its_cause(api, monkeypatch):
    broken = SimpleNamespace(live=lambda: 1 / 0, api_keys=lambda: 1 / 0)
    monkeypatch.setattr(chalicelib, "bootstrap", broken, raising=False)
    answer = api.get("/v1/channels")
    assert problem_of(answer) == ("application/problem+json", 500, 500)
    assert "ZeroDivision" not in str(answer.body)


def test_request_that_is_none_is_a_problem(app):
    answer = app({}, None)
    assert answer["statusCode"] == 500
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/health", "/v1/channels", "/v1/channels/999"])
def test_every_answer_forbids_caching_and_guessing(api, path):
    headers = api.get(path).headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize("value", ["a\rSet-Cookie: b", "a\x00b", "a\x7fb", "a\x85b"])
def test_control_characters_never_get_into_a_header(value):
    response = answer_in_one_shape(None, lambda request: Response({}, {"X-Told": value}))
    assert response.headers["X-Told"].isprintable()
