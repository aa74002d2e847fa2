"""What the routes declare as an OpenAPI document: https://spec.openapis.org/oas/v3.1.0"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib.api.endpoint import Declaration
from chalicelib.api.problems import DETAILS, MEDIA_TYPE, Problem, title
from chalicelib.api.values import HEADERS, Id

VERSION = "0.1.0"
SCHEMAS = "#/components/schemas/"
_KEY = {"type": "http", "scheme": "bearer", "description": "An API key; its role says what it may."}
_TELLS = {"ETag": "The version of the settings; send it back as If-Match."}

Json = dict[str, Any]
Routes = Mapping[str, Mapping[str, Any]]  # path -> method -> Chalice's entry
Schemas = dict[Any, Json]  # of a declared type


def document(routes: Routes, base: str) -> Json:
    """The OpenAPI document of the routes, which stand below the address `base`."""
    declared = dict(_declared(routes))
    kinds = list({kind: None for each in declared.values() for kind in _kinds(each[0])})
    shown, components = msgspec.json.schema_components(kinds, ref_template=SCHEMAS + "{name}")
    schemas: Schemas = dict(zip(kinds, shown, strict=True))
    paths: dict[str, Json] = {}
    for (path, method), (each, view) in declared.items():
        operation = _operation(path, each, view, schemas, components)
        paths.setdefault(path, {})[method.lower()] = operation
    queries = {_name(schemas[each.query]) for each, _ in declared.values() if each.query}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hearback", "version": VERSION},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": {
                name: _tidy(each) for name, each in components.items() if name not in queries
            },
            "responses": {_problem_name(status): _problem(status) for status in DETAILS},
            "securitySchemes": {"key": _KEY},
        },
    }


def _declared(routes: Routes) -> Iterator[tuple[tuple[str, str], tuple[Declaration, Any]]]:
    for path, methods in sorted(routes.items()):
        for method, entry in sorted(methods.items()):
            declared = getattr(entry.view_function, "declared", None)
            if declared is not None:
                yield (path, method), (declared, entry.view_function)


def _tidy(schema: Json) -> Json:
    """Without the line breaks of the docstring that it is described by."""
    told = schema.get("description")
    return schema | ({"description": _on_one_line(told)} if told else {})


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _kinds(declared: Declaration) -> Iterator[Any]:
    """The types that stand in the document by their schemas."""
    yield from (kind for kind in (declared.query, declared.body, declared.answer) if kind)
    yield from (kind for _, kind in HEADERS.values())
    yield from (Id, Problem)


def _operation(
    path: str, declared: Declaration, view: Any, schemas: Schemas, components: Json
) -> Json:
    summary, *rest = re.split(r"[.:] ", _on_one_line(view.__doc__ or ""), maxsplit=1)
    module = view.__module__.rpartition(".")[2]
    return {
        "operationId": f"{module}_{view.__name__}",
        "tags": [module],
        "summary": summary.rstrip(". "),
        **({"description": rest[0][:1].upper() + rest[0][1:]} if rest else {}),
        **_security(declared),
        "parameters": [*_parameters(path, declared, schemas, components)],
        **_request_body(declared, schemas),
        "responses": {
            str(declared.status): _success(declared, schemas),
            **{str(status): _problem_ref(status) for status in _objections(path, declared)},
        },
    }


def _security(declared: Declaration) -> Json:
    if declared.role is None:
        return {"security": []}
    return {"security": [{"key": [declared.role]}], "x-required-role": declared.role}


def _parameters(
    path: str, declared: Declaration, schemas: Schemas, components: Json
) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": schemas[Id]}
    if declared.query:
        query = components[_name(schemas[declared.query])]
        for name, schema in query["properties"].items():
            is_required = name in query.get("required", ())
            yield {"name": name, "in": "query", "required": is_required, "schema": schema}
    for asked in declared.asks:
        if asked in HEADERS:
            name, kind = HEADERS[asked]
            is_required = {"type": "null"} not in schemas[kind].get("anyOf", ())
            yield {"name": name, "in": "header", "required": is_required, "schema": schemas[kind]}


def _request_body(declared: Declaration, schemas: Schemas) -> Json:
    if declared.body is None:
        return {}
    content = {"application/json": {"schema": schemas[declared.body]}}
    return {"requestBody": {"required": True, "content": content}}


def _success(declared: Declaration, schemas: Schemas) -> Json:
    headers = {
        name: {"required": True, "description": _TELLS[name], "schema": {"type": "string"}}
        for name in declared.answer_headers
    }
    told = {"description": HTTPStatus(declared.status).phrase}
    content = {"application/json": {"schema": schemas[declared.answer]}} if declared.answer else {}
    return (
        told | ({"headers": headers} if headers else {}) | ({"content": content} if content else {})
    )


def _objections(path: str, declared: Declaration) -> list[int]:
    """The statuses of the problems that the route may answer."""
    always = {400, 500} | set(declared.objections)
    with_key = {401, 403, 404} if declared.role else set()
    with_body = {413, 415} if declared.body else set()
    return sorted(always | with_key | with_body)


def _problem(status: int) -> Json:
    schema = {"$ref": f"{SCHEMAS}{Problem.__name__}"}
    return {"description": DETAILS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _problem_ref(status: int) -> Json:
    return {"$ref": f"#/components/responses/{_problem_name(status)}"}


def _problem_name(status: int) -> str:
    return title(status).replace(" ", "")


def _name(schema: Json) -> str:
    return str(schema["$ref"]).removeprefix(SCHEMAS)
