"""The API told to the world. The document is made when somebody asks for it."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Request, Response

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint

openapi = Blueprint(__name__)

PATH = "/v1/openapi.json"


@endpoint(openapi, "GET", PATH, role=None, answer=dict[str, Any])
def read_document(request: Request) -> Response:
    """This document: every route with what it takes and answers, as OpenAPI 3.1."""
    from chalicelib.api.openapi_document import document

    base = str(request.context.get("path", PATH)).removesuffix(PATH)
    return answers.ok(document(openapi.current_app.routes, base or "/"))
