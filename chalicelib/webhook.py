"""The webhook's own Lambda: an API Gateway or Function URL event in, a plain text answer out.

The lightest function of all: no web framework, and botocore only when it first speaks to AWS.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from msgspec import Struct

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.adapters.archive import LARGE_PREFIX, S3Archive
from chalicelib.adapters.clock import clock, stopwatch
from chalicelib.adapters.logging import JsonLog
from chalicelib.adapters.queues import SqsQueue
from chalicelib.adapters.secrets import SsmSecrets
from chalicelib.core.signature import is_same_token
from chalicelib.ports import IntakeRuntime
from chalicelib.usecases import receive_webhook
from chalicelib.usecases.receive_webhook import Outcome

_SIGNATURE = "x-hub-signature-256"
_PATHS = ("/", "/webhooks/meta")
# Meta's challenge is a number; whatever we write back must not be able to be markup.
_CHALLENGE = re.compile(r"[0-9A-Za-z_-]{1,128}")
_ANSWERS = {
    Outcome.ACCEPTED: (200, "ok"),
    Outcome.QUARANTINED: (200, "ok"),
    Outcome.FORGED: (403, "forbidden"),
    Outcome.TOO_LARGE: (413, "too large"),
    Outcome.UNAVAILABLE: (503, "try again"),
}


class Request(Struct, frozen=True):
    """What both front doors tell us; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """The entry point that the template names."""
    return answer(event, _live())


def answer(event: Mapping[str, Any], rt: IntakeRuntime) -> dict[str, Any]:
    """Meta's handshake (GET) or a delivery (POST)."""
    request = read_request(event)
    if request.path not in _PATHS:
        return _text(404, "not found")
    if request.method == "POST":
        outcome = receive_webhook.run(request.body, request.headers.get(_SIGNATURE), rt)
        return _text(*_ANSWERS[outcome])
    if request.method == "GET":
        return _handshake(request.query, rt)
    return _text(405, "method not allowed")


def read_request(event: Mapping[str, Any]) -> Request:
    """A REST API's proxy event (httpMethod) or a Function URL's event (requestContext.http)."""
    http = (event.get("requestContext") or {}).get("http") or {}
    return Request(
        method=str(event.get("httpMethod") or http.get("method") or "").upper(),
        # The gateway has routes: what comes from there came to the right one, whatever a custom
        # domain wrote before it.
        path=str(event.get("rawPath") or "/"),
        headers={
            str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()
        },
        query=dict(event.get("queryStringParameters") or {}),
        body=_body(event),
    )


def _body(event: Mapping[str, Any]) -> bytes:
    # A lone surrogate cannot be told apart from what Meta signed: let the signature decide.
    raw = str(event.get("body") or "").encode("utf-8", "surrogatepass")
    if not event.get("isBase64Encoded"):
        return raw
    try:
        return base64.b64decode(raw)
    except ValueError:
        return b""


def _handshake(query: Mapping[str, str], rt: IntakeRuntime) -> dict[str, Any]:
    token, challenge = query.get("hub.verify_token"), query.get("hub.challenge") or ""
    if not token or not _is_ours(token, rt):
        return _text(403, "forbidden")
    if query.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
        return _text(400, "bad request")
    return _text(200, challenge)


def _is_ours(token: str, rt: IntakeRuntime) -> bool:
    if is_same_token(token, rt.secrets.verify_token()):
        return True
    return rt.secrets.refresh() and is_same_token(token, rt.secrets.verify_token())


def _text(status: int, body: str) -> dict[str, Any]:
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


@cache
def _live() -> IntakeRuntime:
    settings = config.load()
    now = clock(settings)
    log = JsonLog(settings.stage, now)
    sqs, ssm = partial(aws.client, "sqs"), partial(aws.client, "ssm")
    return IntakeRuntime(
        now=now,
        secrets=SsmSecrets(settings.secrets_path, ssm, log, seconds=stopwatch(settings)),
        inbound=SqsQueue(settings.inbound_queue_url, sqs, log),
        quarantine_queue=SqsQueue(settings.quarantine_queue_url, sqs, log),
        large=S3Archive(settings.quarantine_bucket, partial(aws.client, "s3"), prefix=LARGE_PREFIX),
        log=log,
    )
