"""Cursors: where the next page begins, opaque and URL-safe."""

from __future__ import annotations

import base64
from typing import TypeVar

import msgspec

LONGEST_KEY = 256  # characters of one of our keys; DynamoDB refuses a sort key of over 1024 bytes

_T = TypeVar("_T")


def pack(position: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def unpack(cursor: str, as_type: type[_T]) -> _T:
    """The position that was packed. Raises ValueError for a cursor that is none of ours."""
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(packed, type=as_type)
    except (msgspec.MsgspecError, ValueError):
        raise ValueError("not a cursor of ours") from None
