"""Is the API up? Needs no key and touches nothing."""

from __future__ import annotations

from typing import Literal

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint

health = Blueprint(__name__)


class Health(Struct, frozen=True):
    status: Literal["ok"]


@endpoint(health, "GET", "/v1/health", role=None, answer=Health)
def check_health() -> Response:
    """Whether the API answers; needs no key and touches nothing."""
    return answers.ok(Health("ok"))
