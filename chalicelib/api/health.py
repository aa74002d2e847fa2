"""Is the API up? Needs no key and touches nothing."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api import answers

health = Blueprint(__name__)


@health.route("/v1/health", methods=["GET"], cors=False)
def check_health() -> Response:
    return answers.ok({"status": "ok"})
