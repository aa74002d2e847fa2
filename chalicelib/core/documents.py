"""Documents of the outside as typed values: which field is wrong and what was expected there.

Names of fields and types only: what was given is never repeated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec
import msgspec.structs
from msgspec import Struct

Value = TypeVar("Value")

NO_SUCH_FIELD = "nothing: there is no such field"
_ELEMENT = "[]"  # in place of an index or a key
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
NEAR = f"a time from {_FIRST_YEAR} to {_LAST_YEAR}"


class InvalidField(Exception):  # noqa: N818 - a name that reads at the caller
    """A field is missing or wrong. Says which one and what was expected, never what was given."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field, self.expected = field, expected


def converted(document: object, kind: type[Value]) -> Value:
    """The document as a value of this kind. Raises InvalidField, also for a field too many."""
    try:
        value = msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        wrong = named(str(error))
    else:
        refuse_unknown(document, value)
        return value
    raise InvalidField(wrong.field, declared(kind, wrong.field) or wrong.expected)


def declared(kind: Any, field: str) -> str | None:
    """What the declaration of the field at this path says is expected there, if it says so."""
    kinds = [kind]
    for name in filter(None, re.sub(r"\[[^]]*\]", f".{_ELEMENT}", field).split(".")):
        kinds = [found for each in kinds for found in _inside(each, name)]
    return next(filter(None, map(described, kinds)), None)


def described(kind: Any) -> str | None:
    """The description of a declared type, or of what it consists of."""
    told = [meta.description for meta in getattr(kind, "__metadata__", ()) if meta.description]
    if told:
        return str(told[0])
    if get_origin(kind) is Literal:
        return _choice(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(tuple(kind))
    return next(filter(None, map(described, get_args(kind))), None)


def _choice(values: tuple[object, ...]) -> str:
    told = [each if isinstance(each, str) else json.dumps(each) for each in values]
    return "one of " + ", ".join(told) if len(told) > 1 else told[0]


def named(message: str) -> InvalidField:
    """Our error for msgspec's "Expected `int`, got `str` - at `$.a[0].b`": types, never values."""
    what, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.{0,100}).*`", what, re.DOTALL)
    if unknown:
        return InvalidField(f"{field}.{unknown[1]}".lstrip("."), NO_SUCH_FIELD)
    missing = re.fullmatch(r"Object missing required field `(\w+)`", what)
    if missing:
        return InvalidField(f"{field}.{missing[1]}".lstrip("."), "a value")
    if what.startswith(("Invalid value", "Invalid enum value")):  # the tag of a union, a word
        return InvalidField(field, "a known word")
    if what.startswith("Invalid "):
        return InvalidField(field, "a date or time in ISO 8601")
    return InvalidField(field, what.removeprefix("Expected ").replace("`", ""))


def refuse_unknown(document: object, value: object, path: str = "") -> None:
    """Raises InvalidField for a field of the document that the value has no place for."""
    match document, value:
        case dict(), Struct():
            names = dict(zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True))
            for name, part in document.items():
                field = f"{path}.{str(name)[:100]}".lstrip(".")
                if name == value.__struct_config__.tag_field:
                    continue
                if name not in names:
                    raise InvalidField(field, NO_SUCH_FIELD)
                refuse_unknown(part, getattr(value, names[name]), field)
        case list(), tuple():
            for index, (part, known) in enumerate(zip(document, value, strict=True)):
                refuse_unknown(part, known, f"{path}[{index}]")


def far_times(value: object, path: str = "") -> Iterator[str]:
    """The fields with a time so far away that no other can be reckoned from it."""
    match value:
        case datetime():
            if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
                yield path
        case Struct():
            names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
            for shown, name in names:
                yield from far_times(getattr(value, name), f"{path}.{shown}".lstrip("."))
        case list() | tuple():
            for index, part in enumerate(value):
                yield from far_times(part, f"{path}[{index}]")


def _inside(kind: Any, name: str) -> Iterator[Any]:
    """The declared types of what has this name inside, or of the elements."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        fields = msgspec.structs.fields(kind)
        yield from (each.type for each in fields if each.encode_name == name)
    elif get_origin(kind) in (list, tuple, dict) and name == _ELEMENT:
        yield from get_args(kind)[-1 if get_origin(kind) is dict else 0 :][:1]
    elif get_origin(kind) is not Literal:
        for each in get_args(kind):
            yield from _inside(each, name)
