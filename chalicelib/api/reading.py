"""Read a request as the types that its route declares; whatever does not fit raises InvalidInput
that names the field and says what its declaration says."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
import msgspec.structs
from chalice.app import Request

from chalicelib.core.documents import (
    NEAR,
    InvalidField,
    declared,
    described,
    far_times,
    named,
    refuse_unknown,
)
from chalicelib.usecases.errors import InvalidInput, NotFound

BODY_LIMIT_BYTES = 128 * 1024
_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}")

Kind = TypeVar("Kind")


class BodyTooLarge(Exception):  # noqa: N818 - reads as the answer it becomes
    """The body is longer than any document of ours can be."""


def parameters(request: Request, kind: type[Kind]) -> Kind:
    """The query parameters as this kind of Struct; numbers are written as text."""
    return _read(dict(request.query_params or {}), kind, is_text=True)


def typed(document: dict[str, object], kind: type[Kind]) -> Kind:
    """The JSON object as this kind of Struct."""
    return _read(document, kind, is_text=False)


def header(request: Request, name: str, kind: type[Kind]) -> Kind:
    """The header's value, None if it is left out and may be."""
    try:
        return msgspec.convert(request.headers.get(name.lower()), kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(name, described(kind) or "a header") from error


def body(request: Request) -> dict[str, object]:
    """The body, a JSON object."""
    raw = request.raw_body
    if len(raw) > BODY_LIMIT_BYTES:
        raise BodyTooLarge
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput("body", "a JSON object") from error
    if not isinstance(document, dict):
        raise InvalidInput("body", "a JSON object")
    return document


def path_id(value: str, what: str) -> str:
    """An id from the path. What cannot be one is not found, like any other that does not exist."""
    if not _ID.fullmatch(value):
        raise NotFound(what)
    return value


def _read(document: dict[str, object], kind: type[Kind], *, is_text: bool) -> Kind:
    try:
        value = msgspec.convert(document, kind, strict=not is_text)
        refuse_unknown(document, value)
    except msgspec.ValidationError as error:
        wrong = named(str(error))
    except InvalidField as error:
        wrong = error
    else:
        _refuse_far_times(value)
        return value
    raise InvalidInput(wrong.field or "body", _described(kind, wrong.field) or wrong.expected)


def _refuse_far_times(value: object) -> None:
    for field in far_times(value):
        raise InvalidInput(field, NEAR)


def _described(kind: Any, field: str) -> str | None:
    """What the declaration of the field says is expected there."""
    known = [each.encode_name for each in msgspec.structs.fields(kind)]
    if re.split(r"[.[]", field)[0] not in known:
        return "no such field; " + (f"known are {', '.join(known)}" if known else "none is known")
    return declared(kind, field)
