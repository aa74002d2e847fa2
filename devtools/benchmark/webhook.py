"""Processor time of a whole webhook request: from the Lambda event to the answer.

The floor is what Chalice takes for a POST route that does nothing, one of one route.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from chalice.app import Chalice
from msgspec import Struct

from chalicelib import webhook
from chalicelib.adapters.logging import JsonLog
from chalicelib.adapters.queues import SqsQueue
from chalicelib.ports import IntakeRuntime, Queue, QueueEntry
from devtools.benchmark import bodies, timing
from devtools.benchmark.bodies import SECRET, Delivery
from devtools.benchmark.results import Result

MOST_TIMES_AN_EMPTY_ROUTE = 2.0
PLATFORMS = ("messenger", "instagram", "whatsapp")
REQUESTS = 200
UNIT = "us/request"
PATH = "/webhooks/meta"
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/000000000000/inbound.fifo"

Event = dict[str, Any]


class Request(Struct, frozen=True):
    """What Lambda hands to the function."""

    event: Event
    events: int = 1


def against_empty_route() -> Iterator[Result]:
    """Of each platform, a delivery with one text; the queue takes it at once."""
    for platform in PLATFORMS:
        name = f"webhook_{platform}"
        yield _compared(name, _Taking(), platform, goal=MOST_TIMES_AN_EMPTY_ROUTE)


def with_botocore() -> Result:
    """The same with the real SQS client, answered before it would open a connection: a figure."""
    return _compared("webhook_with_sqs_client", _real_queue(), "whatsapp", goal=None)


def handler_with_botocore() -> Callable[[Request], object]:
    """The webhook with that client; it writes its log lines."""
    return _ours(_real_queue())


def request_of(delivery: Delivery) -> Request:
    return Request(lambda_event(delivery))


def lambda_event(delivery: Delivery) -> Event:
    """What API Gateway makes of a delivery: a REST API's proxy event."""
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Host": "abcdef1234.execute-api.eu-west-1.amazonaws.com",
        "User-Agent": "facebookexternalua",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
        "X-Forwarded-For": "173.252.127.11",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        "X-Hub-Signature-256": delivery.signature,
    }
    return {
        "resource": PATH,
        "path": PATH,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "path": f"/api{PATH}",
            "resourcePath": PATH,
            "stage": "api",
            "identity": {"sourceIp": "173.252.127.11"},
        },
        "body": delivery.raw.decode(),
        "isBase64Encoded": False,
    }


class _Taking:
    """A queue that takes everything."""

    def send(self, entries: Sequence[QueueEntry]) -> tuple[int, ...]:
        return ()


class _Keeping:
    """A store for what no queue takes."""

    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        return ""


class _Fixed:
    """Secrets that are known already."""

    def app_secrets(self) -> tuple[bytes, ...]:
        return (SECRET,)

    def verify_token(self) -> str | None:
        return None

    def access_token(self, channel: object) -> str | None:
        return None

    def refresh(self) -> bool:
        return False


def _ours(inbound: Queue) -> Callable[[Request], object]:
    rt = IntakeRuntime(
        now=lambda: datetime.now(UTC),
        secrets=_Fixed(),
        inbound=inbound,
        quarantine_queue=inbound,
        large=_Keeping(),
        log=_log(),
    )
    return lambda request: webhook.answer(request.event, rt)


def _real_queue() -> SqsQueue:
    return SqsQueue(QUEUE_URL, cache(_answered_client), _log())


def _log() -> JsonLog:
    return JsonLog("bench", lambda: datetime.now(UTC))


def _empty_route() -> Callable[[Request], object]:
    app = Chalice(app_name="empty")
    app.route(PATH, methods=["POST"])(dict)
    return lambda request: app(request.event, None)


def _answered_client() -> Any:
    import botocore.session
    from botocore.awsrequest import AWSResponse

    session = botocore.session.get_session()
    session.set_credentials("nobody", "nothing")
    client = session.create_client("sqs", region_name="eu-west-1")
    raw = io.BytesIO()
    answer = AWSResponse(QUEUE_URL, 200, {"x-amzn-RequestId": "1"}, raw)
    answer._content = b'{"Successful":[{"Id":"0","MessageId":"1","MD5OfMessageBody":"0"}]}'
    client.meta.events.register("before-send.sqs.SendMessageBatch", lambda **_: answer)
    return client


def _requests(platform: str) -> list[Request]:
    some = bodies.deliveries(platform, batch=1, count=REQUESTS)
    return [Request(lambda_event(each)) for each in some]


def _compared(name: str, inbound: Queue, platform: str, *, goal: float | None) -> Result:
    # Log lines are written, to nowhere.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        found = timing.compare(_ours(inbound), _empty_route(), _requests(platform))
    return Result(
        name=name,
        value=round(found.ours, 2),
        unit=UNIT,
        floor=round(found.other, 2),
        ratio=round(found.ratio, 3),
        goal=goal,
    )
