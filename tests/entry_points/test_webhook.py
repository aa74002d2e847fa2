"""The webhook's Lambda: both front doors, the handshake, fixed answers, and a light start."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import webhook
from chalicelib.adapters import aws as aws_clients
from chalicelib.usecases.receive_webhook import MAX_BODY_BYTES
from tests.fakes import FakeSecrets
from tests.intake import (
    SECRET,
    FakeDeafQueue,
    FakeFullArchive,
    FakeRotatingSecrets,
    intake,
    page,
    page_message,
    sign,
    to_bytes,
)

HELLO = to_bytes(page(page_message("m_1")))
SUBSCRIBE = {"hub.mode": "subscribe", "hub.verify_token": "verify-token", "hub.challenge": "115820"}
ROOT = Path(__file__).parents[2]
Door = Callable[..., dict[str, Any]]


def rest(
    method: str,
    *,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: str | None = None,
    is_base64: bool = False,
) -> dict[str, Any]:
    """An API Gateway REST proxy event."""
    return {
        "resource": "/webhooks/meta",
        "path": "/webhooks/meta",
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()} or None,
        "queryStringParameters": query,
        "requestContext": {"httpMethod": method, "stage": "prod"},
        "body": body,
        "isBase64Encoded": is_base64,
    }


def function_url(
    method: str,
    *,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: str | None = None,
    is_base64: bool = False,
) -> dict[str, Any]:
    """A Function URL event (payload format 2.0); what is absent has no key."""
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": "/webhooks/meta",
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {"http": {"method": method, "path": "/webhooks/meta"}},
        "isBase64Encoded": is_base64,
    }
    given_facts = {"queryStringParameters": query, "body": body}
    return event | {name: fact for name, fact in given_facts.items() if fact is not None}


both_doors = pytest.mark.parametrize("door", [rest, function_url])


def post(door: Door, raw: bytes = HELLO, signature: str | None = None) -> dict[str, Any]:
    headers = {"X-Hub-Signature-256": sign(raw) if signature is None else signature}
    return door("POST", headers=headers, body=raw.decode())


def status(answer: dict[str, Any]) -> int:
    return int(answer["statusCode"])


@both_doors
def test_the_handshake_gets_its_challenge_as_plain_text(door: Door) -> None:
    answer = webhook.answer(door("GET", query=SUBSCRIBE), intake())
    content_type = answer["headers"]["Content-Type"]
    assert (status(answer), answer["body"], content_type) == (
        200,
        "115820",
        "text/plain; charset=utf-8",
    )


@both_doors
@pytest.mark.parametrize("token", ["wrong", "verify-tokem", "VERIFY-TOKEN", "tokén", "\ud800"])
def test_a_wrong_token_gets_403(door: Door, token: str) -> None:
    query = SUBSCRIBE | {"hub.verify_token": token}
    assert status(webhook.answer(door("GET", query=query), intake())) == 403


@both_doors
@pytest.mark.parametrize(
    "query", [None, {}, {"hub.challenge": "1"}, SUBSCRIBE | {"hub.verify_token": ""}]
)
def test_no_token_gets_403(door: Door, query: dict[str, str] | None) -> None:
    assert status(webhook.answer(door("GET", query=query), intake())) == 403


@both_doors
@pytest.mark.parametrize(
    "query",
    [
        SUBSCRIBE | {"hub.mode": "unsubscribe"},
        SUBSCRIBE | {"hub.challenge": ""},
        SUBSCRIBE | {"hub.challenge": "<script>alert(1)</script>"},
        SUBSCRIBE | {"hub.challenge": "1\r\nSet-Cookie: a=b"},
        SUBSCRIBE | {"hub.challenge": "1\n"},
        SUBSCRIBE | {"hub.challenge": "1" * 129},
        SUBSCRIBE | {"hub.challenge": "١٢٣"},
    ],
)
def test_s03_a_malformed_handshake_gets_400(door: Door, query: dict[str, str]) -> None:
    assert status(webhook.answer(door("GET", query=query), intake())) == 400


def test_without_a_verify_token_no_handshake_succeeds() -> None:
    rt = intake(secrets=FakeRotatingSecrets(verify_token=None))
    assert status(webhook.answer(rest("GET", query=SUBSCRIBE), rt)) == 403


def test_a_verify_token_changed_a_moment_ago_is_found_by_a_refresh() -> None:
    secrets = FakeRotatingSecrets(verify_token="old", later=FakeSecrets())
    assert status(webhook.answer(rest("GET", query=SUBSCRIBE), intake(secrets=secrets))) == 200


@both_doors
def test_a_signed_delivery_gets_200_and_is_queued(door: Door) -> None:
    rt = intake()
    answer = webhook.answer(post(door), rt)
    assert (status(answer), len(rt.inbound.entries)) == (200, 1)


@both_doors
@pytest.mark.parametrize(
    "name", ["X-Hub-Signature-256", "x-hub-signature-256", "X-HUB-SIGNATURE-256"]
)
def test_header_names_are_case_insensitive(door: Door, name: str) -> None:
    event = door("POST", headers={name: sign(HELLO)}, body=HELLO.decode())
    assert status(webhook.answer(event, intake())) == 200


@both_doors
def test_a_base64_body_is_decoded_before_the_signature(door: Door) -> None:
    headers = {"X-Hub-Signature-256": sign(HELLO)}
    body = base64.b64encode(HELLO).decode()
    event = door("POST", headers=headers, body=body, is_base64=True)
    assert status(webhook.answer(event, intake())) == 200


@both_doors
@pytest.mark.parametrize("body", ["%%%", "a", "ä", "\ud800"])
def test_broken_base64_gets_403(door: Door, body: str) -> None:
    event = door("POST", headers={"X-Hub-Signature-256": sign(b"x")}, body=body, is_base64=True)
    assert status(webhook.answer(event, intake())) == 403


@both_doors
def test_f34_escapes_and_utf8_arrive_as_they_were_signed(door: Door) -> None:
    raw = '{"object":"page","entry":[],"a":"\\u00e4\\/ä😀"}'.encode()
    assert status(webhook.answer(post(door, raw), intake())) == 200


@given(text=st.text())
def test_f34_every_valid_utf8_body_keeps_its_signature(text: str) -> None:
    raw = text.encode()
    assert status(webhook.answer(post(rest, raw), intake())) == 200


def test_f34_a_body_that_the_gateway_mangled_gets_403() -> None:
    raw = b'{"a":"\xff"}'
    mangled = raw.decode(errors="replace")
    event = rest("POST", headers={"X-Hub-Signature-256": sign(raw)}, body=mangled)
    assert status(webhook.answer(event, intake())) == 403


@both_doors
@pytest.mark.parametrize("headers", [None, {}, {"X-Hub-Signature": "sha1=" + "0" * 40}])
def test_f35_an_unsigned_delivery_gets_403(door: Door, headers: dict[str, str] | None) -> None:
    assert status(webhook.answer(door("POST", headers=headers, body="{}"), intake())) == 403


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=1", "ä", "\ud800"]
)
def test_f35_every_refusal_of_a_delivery_reads_the_same(signature: str) -> None:
    assert webhook.answer(post(rest, HELLO, signature), intake()) == {
        "statusCode": 403,
        "headers": {
            "Content-Type": "text/plain; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
        "body": "forbidden",
        "isBase64Encoded": False,
    }


def test_f35_a_refusal_tells_nobody_the_expected_digest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rt = intake()
    answer = webhook.answer(post(rest, HELLO, "sha256=" + "0" * 64), rt)
    expected = sign(HELLO).removeprefix("sha256=")
    told = str(answer) + str(rt.log.lines) + str(rt.log.counts) + capsys.readouterr().out
    assert expected not in told


def test_f30_a_body_over_the_limit_gets_413() -> None:
    event = post(rest, b"x" * (MAX_BODY_BYTES + 1), "sha256=" + "0" * 64)
    assert status(webhook.answer(event, intake())) == 413


def test_f33_signed_garbage_gets_200() -> None:
    assert status(webhook.answer(post(rest, b"{not json"), intake())) == 200


def test_f27_a_queue_outage_gets_503() -> None:
    assert status(webhook.answer(post(rest), intake(inbound=FakeDeafQueue()))) == 503


def test_f27_garbage_that_nothing_keeps_gets_503() -> None:
    rt = intake(quarantine_queue=FakeDeafQueue(), large=FakeFullArchive())
    assert status(webhook.answer(post(rest, b"{not json"), rt)) == 503


@both_doors
@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_another_method_gets_405(door: Door, method: str) -> None:
    assert status(webhook.answer(door(method), intake())) == 405


@pytest.mark.parametrize("path", ["/", "/webhooks/meta"])
def test_a_function_url_takes_deliveries_at_its_root_and_at_the_gateways_path(path: str) -> None:
    event = function_url("GET", query=SUBSCRIBE) | {"rawPath": path}
    assert webhook.answer(event, intake())["statusCode"] == 200


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/meta/", "/v1/health", "//", "/.env"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_path_of_a_function_url_gets_404(method: str, path: str) -> None:
    event = function_url(method, query=SUBSCRIBE, body="{}") | {"rawPath": path}
    assert webhook.answer(event, intake())["statusCode"] == 404


def test_what_a_custom_domain_writes_before_the_gateways_path_does_no_harm() -> None:
    event = rest("GET", query=SUBSCRIBE) | {"path": "/hearback/webhooks/meta"}
    assert webhook.answer(event, intake())["statusCode"] == 200


def test_an_event_of_no_front_door_gets_405() -> None:
    assert status(webhook.answer({}, intake())) == 405


LOADED = "import sys, chalicelib.webhook; print(*sorted(sys.modules))"


def test_importing_the_webhook_loads_no_framework_and_no_client() -> None:
    run = [sys.executable, "-c", LOADED]
    loaded = subprocess.check_output(run, cwd=ROOT, text=True).split()
    heavy = {"chalice", "requests", "pynamodb", "boto3", "botocore", "urllib3", "http.client"}
    assert not heavy & set(loaded)


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The real adapters on AWS in this process; gives the SQS client and the queue's URL."""
    session = get_session()
    ssm, sqs = session.create_client("ssm"), session.create_client("sqs")
    for name, value in (("app_secret", SECRET.decode()), ("verify_token", "verify-token")):
        ssm.put_parameter(Name=f"/hearback/test/{name}", Value=value, Type="SecureString")
    url = sqs.create_queue(QueueName="in.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    monkeypatch.setenv("STAGE", "test")
    monkeypatch.setenv("INBOUND_QUEUE_URL", url)
    webhook._live.cache_clear()
    aws_clients.client.cache_clear()
    yield sqs, url
    webhook._live.cache_clear()
    aws_clients.client.cache_clear()


def test_the_handler_takes_a_delivery_to_the_real_queue(deployed: tuple[Any, str]) -> None:
    sqs, url = deployed
    answer = webhook.handler(post(rest), None)
    received = sqs.receive_message(QueueUrl=url)["Messages"]
    assert (status(answer), len(received)) == (200, 1)


def test_the_handler_answers_the_handshake(deployed: tuple[Any, str]) -> None:
    assert webhook.handler(rest("GET", query=SUBSCRIBE), None)["body"] == "115820"
