"""Successful answers: JSON, times as ISO 8601 in UTC with Z."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from chalice.app import Response


def ok(document: object) -> Response:
    return _answer(HTTPStatus.OK, document)


def created(document: object) -> Response:
    return _answer(HTTPStatus.CREATED, document)


def accepted(document: object) -> Response:
    """It will happen, or it has happened already: the document says how far it is."""
    return _answer(HTTPStatus.ACCEPTED, document)


def json_text(document: object) -> str:
    return msgspec.json.encode(document).decode()


def _answer(status: HTTPStatus, document: object) -> Response:
    return Response(json_text(document), {"Content-Type": "application/json"}, int(status))
