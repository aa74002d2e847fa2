"""Holds answers against the OpenAPI document of the routes that gave them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from chalice import Chalice
from jsonschema import Draft202012Validator

import app as entry_points
from chalicelib.api.endpoint import Declaration
from chalicelib.api.openapi_document import document

Json = dict[str, Any]


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: Any) -> None:
    """Fails unless the document foresees this answer. What is no route is foreseen nowhere."""
    operation = _operation(method, path.split("?")[0])
    if operation is None:
        return
    assert str(status) in operation["responses"], f"{method} {path} does not tell of {status}"
    told = _resolved(operation["responses"][str(status)])
    assert {name for name in told.get("headers", ())} <= set(headers)
    if "content" in told:
        (media_type, content), *_ = told["content"].items()
        assert headers["Content-Type"] == media_type
        _validator(_key(content["schema"])).validate(body)


def operations(openapi: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and operation of each route in the document."""
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def declarations(app: Chalice) -> Iterator[tuple[tuple[str, str], Declaration]]:
    """Method and path of each route of the app, and what it declares."""
    for path, methods in app.routes.items():
        for method, entry in methods.items():
            if method != "OPTIONS":
                yield (method, path), entry.view_function.declared


def names_a_channel(path: str, declared: Declaration) -> bool:
    """Whether a request of the route names a channel, or a conversation of one."""
    kinds = [kind for kind in (declared.query, declared.body) if kind]
    names = [*re.findall(r"{(\w+)}", path), *(n for k in kinds for n in k.__struct_fields__)]
    return any(name.endswith(("channel_id", "conversation_id")) for name in names)


@cache
def _document() -> Json:
    return document(entry_points.app.routes, "/")


def _operation(method: str, path: str) -> Json | None:
    for known_method, known, operation in operations(_document()):
        if known_method == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", known), path):
            return operation
    return None


def _resolved(answer: Json) -> Json:
    if "$ref" not in answer:
        return answer
    return _document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]


def _key(schema: Json) -> str:
    return json.dumps(schema)


@cache
def _validator(schema: str) -> Draft202012Validator:
    root = json.loads(schema) | {"components": _document()["components"]}
    return Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)
