"""Read a request value by value; whatever does not fit raises InvalidInput that names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, get_args

import msgspec
import msgspec.structs
from chalice.app import Request

from chalicelib.api.values import IdempotencyKey
from chalicelib.core.documents import InvalidField, named, refuse_unknown
from chalicelib.usecases.errors import InvalidInput, NotFound

BODY_LIMIT_BYTES = 128 * 1024
LONGEST_PERIOD = timedelta(days=366)
_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_CURSOR = re.compile(r"[!-~]{1,2000}")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,9}")
# Line breaks and tabs belong in a message; the other control characters belong nowhere.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Choice = TypeVar("Choice", bound=StrEnum)
Kind = TypeVar("Kind")


class BodyTooLarge(Exception):  # noqa: N818 - reads as the answer it becomes
    """The body is longer than any document of ours can be."""


def parameters(request: Request, kind: type[Kind]) -> Kind:
    """The query parameters as this kind of Struct; numbers may be written as text."""
    return _read(dict(request.query_params or {}), kind, is_text=True)


def typed(document: dict[str, object], kind: type[Kind]) -> Kind:
    """The JSON object as this kind of Struct."""
    return _read(document, kind, is_text=False)


def header(request: Request, name: str, kind: type[Kind]) -> Kind:
    """The header's value, None if it is left out."""
    try:
        return msgspec.convert(request.headers.get(name.lower()), kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(name, _expected(kind) or "a header") from error


def query(request: Request, *names: str) -> dict[str, object]:
    """The query parameters. Raises InvalidInput for one that the route does not know."""
    values = dict(request.query_params or {})
    _refuse_unknown(values, names)
    return values


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


def fields(request: Request, *names: str) -> dict[str, object]:
    """The body, a JSON object with these fields at most."""
    document = body(request)
    _refuse_unknown(document, names)
    return document


def path_id(value: str, what: str) -> str:
    """An id from the path. What cannot be one is not found, like any other that does not exist."""
    if not _ID.fullmatch(value):
        raise NotFound(what)
    return value


def identifier(values: Mapping[str, object], name: str) -> str:
    """A required id."""
    return _matching(values.get(name), _ID, name, "an id of letters, digits, '.', '_' and '-'")


def text(values: Mapping[str, object], name: str, *, longest: int) -> str:
    """A required text, neither blank nor with control characters."""
    value = values.get(name)
    expected = f"a text of 1 to {longest} characters without control characters"
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise InvalidInput(name, expected)
    if _CONTROL_CHARACTERS.search(value):
        raise InvalidInput(name, expected)
    return value


def idempotency_key(request: Request) -> str:
    """The required header that makes a repeated request the same request."""
    return header(request, "Idempotency-Key", IdempotencyKey)


def cursor(values: Mapping[str, object]) -> str | None:
    if "cursor" not in values:
        return None
    return _matching(values["cursor"], _CURSOR, "cursor", "the next_cursor of an earlier page")


def limit(values: Mapping[str, object], *, default: int) -> int:
    value = values.get("limit", str(default))
    if not isinstance(value, str) or not _NUMBER.fullmatch(value) or not 1 <= int(value) <= 100:
        raise InvalidInput("limit", "a whole number from 1 to 100")
    return int(value)


def choice(values: Mapping[str, object], name: str, default: Choice) -> Choice:
    """One of the words of the default's kind."""
    kind = type(default)
    value = values.get(name, default)
    if not isinstance(value, str) or value not in list(kind):
        raise InvalidInput(name, "one of " + ", ".join(kind))
    return kind(value)


def period(values: Mapping[str, object]) -> tuple[str, str]:
    """The days `from` and `to`, both included."""
    first, last = _day(values, "from"), _day(values, "to")
    if last < first:
        raise InvalidInput("to", "a day not before `from`")
    if last - first > LONGEST_PERIOD:
        raise InvalidInput("to", f"a day at most {LONGEST_PERIOD.days} days after `from`")
    return first.isoformat(), last.isoformat()


def moment(values: Mapping[str, object], name: str) -> datetime | None:
    """A time in UTC, or None when the field is left out."""
    if values.get(name) is None:
        return None
    try:
        at = datetime.fromisoformat(str(values[name]))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(name, "an ISO 8601 time with its offset, such as 2026-11-21T14:00:00Z")


def _day(values: Mapping[str, object], name: str) -> date:
    expected = "a day of this century such as 2026-11-21"
    value = _matching(values.get(name), _DAY, name, expected)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise InvalidInput(name, expected) from error


def _matching(value: object, pattern: re.Pattern[str], name: str, expected: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidInput(name, expected)
    return value


def _refuse_unknown(values: Mapping[str, object], names: tuple[str, ...]) -> None:
    for name in values:
        if name not in names:
            raise InvalidInput(name[:64], "no such field; known are " + ", ".join(names))


def _read(document: dict[str, object], kind: type[Kind], *, is_text: bool) -> Kind:
    try:
        value = msgspec.convert(document, kind, strict=not is_text)
        refuse_unknown(document, value)
    except msgspec.ValidationError as error:
        wrong = named(str(error))
    except InvalidField as error:
        wrong = error
    else:
        return value
    raise InvalidInput(wrong.field or "body", _described(kind, wrong.field) or wrong.expected)


def _described(kind: Any, field: str) -> str | None:
    """What the declaration of the field says is expected there."""
    known = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    if field.split(".")[0].split("[")[0] not in known:
        return "no such field; known are " + ", ".join(known)
    return _expected(known.get(field))


def _expected(kind: Any) -> str | None:
    """The description of a declared type, or of what it consists of."""
    described: list[str] = [meta.description for meta in getattr(kind, "__metadata__", ())]
    if described:
        return described[0]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "one of " + ", ".join(kind)
    return next(filter(None, map(_expected, get_args(kind))), None)
