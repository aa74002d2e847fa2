"""API keys: who may call. A secret is told once, by the answer that issues it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.permission import api_keys
from chalicelib.api.shapes import Page
from chalicelib.api.values import Id, Name
from chalicelib.core.access import ApiKey, Role

keys = Blueprint(__name__)

Grace = Annotated[
    int, Meta(ge=0, le=24 * 60 * 60, description="a whole number of seconds from 0 to 86400")
]


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`channels` are the ids of those that the key sees; null or left out: all, also new ones."""

    name: Name
    role: Role
    channels: (
        Annotated[
            tuple[Id, ...],
            Meta(min_length=1, max_length=100, description="1 to 100 ids of channels, or null"),
        ]
        | None
    ) = None


class Rotation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the old secret stays good beside the new one."""

    grace_seconds: Grace = 0


class KeyDocument(Struct, frozen=True, kw_only=True):
    """An API key without its secret."""

    id: str
    name: str
    role: Role
    channels: tuple[str, ...] | None
    created_at: datetime | None
    rotated_at: datetime | None
    revoked_at: datetime | None


class IssuedKey(KeyDocument, frozen=True, kw_only=True):
    """An API key with its secret, `key`: it is not kept, and never told again."""

    key: str


@endpoint(keys, "GET", "/v1/keys", role=Role.ADMIN, answer=Page[KeyDocument])
def list_keys(caller: ApiKey) -> Response:
    """The keys that the caller may manage, the oldest first: revoked ones too."""
    from chalicelib.usecases import api_keys as use_case

    found = use_case.listing(caller, api_keys())
    return answers.ok(Page([KeyDocument(**_facts(key)) for key in found], None))


@endpoint(keys, "POST", "/v1/keys", role=Role.ADMIN, body=NewKey, answer=IssuedKey, status=201)
def create_key(body: NewKey, caller: ApiKey) -> Response:
    """Issue a key: its secret is told in this answer only."""
    from chalicelib.usecases import api_keys as use_case

    issued = use_case.create(
        body.name, body.role, body.channels, by=caller, keys=api_keys(), rt=runtime()
    )
    return answers.created(IssuedKey(**_facts(issued.key), key=issued.secret))


@endpoint(
    keys,
    "POST",
    "/v1/keys/{key_id}/rotate",
    role=Role.ADMIN,
    body=Rotation,
    answer=IssuedKey,
    objections=(409,),
)
def rotate_key(key_id: str, body: Rotation, caller: ApiKey) -> Response:
    """Give a key a new secret: the old one is good for the time stated, at least until the answer.
    It may last up to 60 seconds longer."""
    from chalicelib.usecases import api_keys as use_case

    grace = timedelta(seconds=body.grace_seconds)
    issued = use_case.rotate(key_id, grace, by=caller, keys=api_keys(), rt=runtime())
    return answers.ok(IssuedKey(**_facts(issued.key), key=issued.secret))


@endpoint(
    keys, "DELETE", "/v1/keys/{key_id}", role=Role.ADMIN, answer=KeyDocument, objections=(409,)
)
def revoke_key(key_id: str, caller: ApiKey) -> Response:
    """Revoke a key: it ends within 60 seconds, for ever."""
    from chalicelib.usecases import api_keys as use_case

    revoked = use_case.revoke(key_id, by=caller, keys=api_keys(), rt=runtime())
    return answers.ok(KeyDocument(**_facts(revoked)))


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.key_id,
        "name": key.name,
        "role": key.role,
        "channels": key.channels,
        "created_at": key.created_at,
        "rotated_at": key.rotated_at,
        "revoked_at": key.revoked_at,
    }
