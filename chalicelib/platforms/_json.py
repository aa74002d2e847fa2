"""Bytes of a delivery -> JSON values that every later step can write again."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from msgspec import DecodeError
from msgspec.json import Decoder

_decode = Decoder().decode
# \uFFFE and \uFFFF, and harmless neighbours: looked at again is all that happens to those.
_may_escape_a_refused_one = re.compile(rb"\\u[fF]{3}").search

# Ids may be longer than 64 bits; beyond that a number can only be an id, and ids are strings.
_LONGEST_INT = 18


class Unreadable(Exception):  # noqa: N818 - a fact about the body, named as the reader says it
    """The body is no JSON that we can read. The message says why and quotes nothing."""


def decode(raw: bytes) -> Any:
    """The JSON value. Raises Unreadable, and nothing else.

    Strings come back without lone surrogates and without U+FFFE and U+FFFF, which neither SQS nor
    DynamoDB
    take (docs.aws.amazon.com, SQS SendMessage: allowed characters); NaN and Infinity come back as
    None.
    """
    try:
        value = _decode(raw)
    except (DecodeError, UnicodeDecodeError):
        return _tolerant(raw)
    except RecursionError:
        raise Unreadable("nested too deep") from None
    return _cleaned(value) if may_need_cleaning(raw) else value


def may_need_cleaning(raw: bytes) -> bool:
    """Whether strings in JSON that was read strictly may hold U+FFFE or U+FFFF."""
    # One byte first: it is found or missed at the speed of memory.
    if b"\xef" in raw and b"\xef\xbf" in raw:
        return True
    return _may_escape_a_refused_one(raw) is not None


def _tolerant(raw: bytes) -> Any:
    try:
        return _cleaned(json.loads(raw, parse_int=_int, parse_constant=lambda _: None))
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except ValueError:
        raise Unreadable("not JSON") from None
    except RecursionError:
        raise Unreadable("nested too deep") from None


def _int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_INT else digits


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    if isinstance(value, dict):
        return {_clean_text(key): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _clean_text(text: str) -> str:
    if text.isascii():
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
