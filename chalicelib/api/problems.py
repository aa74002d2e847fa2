"""Errors as problem documents (RFC 9457), whoever raised them: we, a use case or Chalice itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from chalice.app import Blueprint, Request, Response
from msgspec import UNSET, Struct, UnsetType

from chalicelib.api.answers import json_text

if TYPE_CHECKING:  # type only: few problems are refusals
    from chalicelib.core.messaging_policy import Refusal

MEDIA_TYPE = "application/problem+json"
DETAILS = {
    400: "The request cannot be read.",
    401: "Send a valid API key as `Authorization: Bearer KEY`.",
    403: "This API key may not do that.",
    404: "There is no such thing here.",
    405: "This address does not know this method.",
    409: "Things stand so that it cannot be done now.",
    412: "It has changed since you read it: read it again.",
    413: "The body is too large.",
    415: "Send the body as application/json.",
    422: "This Idempotency-Key stands for another request already.",
    428: "Say which version you want to change, by If-Match.",
    500: "Something went wrong on our side. The same request may be sent again.",
}
_PROTECTION = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")

problems = Blueprint(__name__)


class Problem(Struct, frozen=True, kw_only=True):
    """A problem document (RFC 9457). `field` is at fault, `reason` a stable code. Of a refusal of
    the messaging policy: what would be allowed `instead`, by which bases these very facts allow it,
    `until` when, and from when (`not_before`) the same may be tried again."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    field: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    instead: str | UnsetType = UNSET
    instead_basis: tuple[str, ...] | UnsetType = UNSET
    until: datetime | UnsetType = UNSET
    not_before: datetime | UnsetType = UNSET


def title(status: int) -> str:
    """The name of the status in RFC 9110; that of Python follows from 3.13 on only."""
    return {413: "Content Too Large", 422: "Unprocessable Content"}.get(
        status, HTTPStatus(status).phrase
    )


def problem(
    status: int,
    *,
    detail: str | None = None,
    field: str | None = None,
    reason: str | None = None,
    refusal: Refusal | None = None,
) -> Response:
    """The problem document of this status; `field` is at fault, `reason` a stable code, `refusal`
    what the policy said."""
    phrase = title(status)
    document = Problem(
        title=phrase,
        status=status,
        detail=detail or DETAILS.get(status, phrase),
        field=UNSET if field is None else field,
        reason=UNSET if reason is None else reason,
        **({} if refusal is None else _of_refusal(refusal)),
    )
    return Response(json_text(document), {"Content-Type": MEDIA_TYPE}, status)


def _of_refusal(refusal: Refusal) -> dict[str, Any]:
    facts = {
        "instead": refusal.instead,
        "instead_basis": tuple(each.value for each in refusal.instead_basis) or None,
        "until": refusal.until,
        "not_before": refusal.not_before,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


@problems.middleware("http")
def answer_in_one_shape(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Every answer of every route: our shape for Chalice's own errors, and headers that protect."""
    response = get_response(request)
    if response.status_code >= HTTPStatus.BAD_REQUEST and not _is_problem(response):
        response = _translated(response)
    headers = _PROTECTION | response.headers
    response.headers = {
        name: _CONTROL_CHARACTERS.sub("", str(value)) for name, value in headers.items()
    }
    return response


def _is_problem(response: Response) -> bool:
    return response.headers.get("Content-Type") == MEDIA_TYPE


def _translated(response: Response) -> Response:
    """Only status and `Allow` of Chalice's own answer: its `Message` may quote the request. An
    address without any method is one that does not exist."""
    allowed = response.headers.get("Allow")
    if allowed == "":
        return problem(404)
    answer = problem(response.status_code)
    if allowed is not None:
        answer.headers["Allow"] = allowed
    return answer
