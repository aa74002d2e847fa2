"""What the caller's API key may do and see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalice.app import Request
from msgspec import Struct

from chalicelib.api import authentication
from chalicelib.core.access import ApiKey, Role
from chalicelib.ports import ApiKeys, Runtime
from chalicelib.usecases.errors import Forbidden, NotFound

Live = Callable[[], Runtime]


class NoKey(Exception):  # noqa: N818 - reads as the answer it becomes
    """No key, or none of ours that is good."""


def caller(request: Request, role: Role, live: Live) -> ApiKey:
    """The key of the request. Raises NoKey, Forbidden (not of this role)."""
    key = authentication.caller(request.headers, api_keys(), live().now())
    if key is None:
        raise NoKey
    if not key.role.includes(role):
        raise Forbidden("role", f"This needs an API key with the role {role}.")
    return key


def api_keys() -> ApiKeys:
    """The keys we issued."""
    from chalicelib import bootstrap

    return bootstrap.api_keys()


def check_scope(given: dict[str, Any], live: Live) -> None:
    """Raises NotFound if the request names a channel that the key does not see, or a conversation
    of one. A key for all channels costs no read."""
    key: ApiKey = given["caller"]
    if key.channels is None:
        return
    for name, value in _named(given):
        channel = _channel_of(value, live()) if name.endswith("conversation_id") else value
        if not key.sees(channel):
            raise NotFound("channel")


def _named(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids of channels and conversations in path, query and body."""
    for name, value in given.items():
        if isinstance(value, Struct) and name in ("query", "body"):
            yield from _named({field: getattr(value, field) for field in value.__struct_fields__})
        elif name.endswith(("channel_id", "conversation_id")) and value is not None:
            yield name, value


def _channel_of(conversation_id: str, rt: Runtime) -> str:
    conversation = rt.conversations.load(conversation_id)
    known = conversation or rt.conversations.erased(conversation_id)
    if known is None:
        raise NotFound("conversation")
    return known.channel_id
