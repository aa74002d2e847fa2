"""Successful answers: JSON, times as ISO 8601 in UTC with Z."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from chalice.app import Response


def ok(document: object) -> Response:
    return _answer(HTTPStatus.OK, document)


def page(items: list[dict[str, Any]], next_cursor: str | None) -> Response:
    """Part of a list; `next_cursor` asks for what follows, None at the end."""
    return ok({"items": items, "next_cursor": next_cursor})


def created(document: object) -> Response:
    return _answer(HTTPStatus.CREATED, document)


def accepted(document: object) -> Response:
    """It will happen, or it has happened already: the document says how far it is."""
    return _answer(HTTPStatus.ACCEPTED, document)


def json_text(document: object) -> str:
    return msgspec.json.encode(document).decode()


def _answer(status: HTTPStatus, document: object) -> Response:
    return Response(json_text(document), {"Content-Type": "application/json"}, int(status))
