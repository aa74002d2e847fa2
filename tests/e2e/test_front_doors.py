"""The webhook at a Function URL, and back; what the gateway answers by itself.

The other tests of this folder come in by API Gateway.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from devtools import package
from devtools.local_aws import loopback
from devtools.local_aws.keys import put_api_key
from tests.e2e import beside
from tests.e2e.shop import PAGE, Shop, body_of, new_contact

pytestmark = pytest.mark.e2e

STACK = "hearback-by-url"
JSON, BYTES = "application/json", "application/octet-stream"


@pytest.fixture(scope="module")
def by_url(running: Shop) -> Iterator[Shop]:
    """A stack with FrontDoor=FunctionUrl beside the one that runs, and a channel on it."""
    shop = beside.deploy(running, STACK, package.build(), FrontDoor="FunctionUrl")
    table = shop.outputs["ApiKeysTableName"]
    put_api_key(shop.aws("dynamodb"), table, shop.stack.api_key, name="test")
    beside.connect(shop, PAGE)
    yield shop
    shop.aws("cloudformation").delete_stack(StackName=STACK)


def hello(shop: Shop, contact: str) -> bytes:
    """A delivery of one message to the Page."""
    at = int(shop.now().timestamp() * 1000)
    item = {
        "sender": {"id": contact},
        "recipient": {"id": PAGE},
        "timestamp": at,
        "message": {"mid": f"m_url_{contact}", "text": "Grüße, by URL"},
    }
    return body_of({"object": "page", "entry": [{"id": PAGE, "time": at, "messaging": [item]}]})


def delivered(shop: Shop, raw: bytes, signature: str, kind: str = JSON) -> int:
    headers = {"Content-Type": kind, "X-Hub-Signature-256": signature}
    return shop.http("POST", "", data=raw, headers=headers).status_code


def handshake(shop: Shop, token: str) -> tuple[int, str]:
    asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "115820"}
    answer = shop.http("GET", "", params=asked)
    return answer.status_code, answer.text


class TestTheFunctionUrl:
    def test_it_is_the_address_that_meta_is_told(self, by_url: Shop) -> None:
        assert by_url.outputs["WebhookUrl"].endswith(".on.aws/webhooks/meta")
        assert "/_aws/lambda-url/" in by_url.stack.webhook_url

    def test_meta_can_shake_hands(self, by_url: Shop) -> None:
        assert handshake(by_url, by_url.stack.verify_token) == (200, "115820")

    def test_a_wrong_token_is_refused(self, by_url: Shop) -> None:
        assert handshake(by_url, "wrong")[0] == 403

    @pytest.mark.parametrize("kind", [JSON, BYTES])
    def test_a_signed_delivery_is_read_back_through_the_api(self, by_url: Shop, kind: str) -> None:
        """As text and, for another type of content, in base64."""
        contact = new_contact()
        raw = hello(by_url, contact)
        assert delivered(by_url, raw, by_url.sign(raw, by_url.stack.app_secret), kind) == 200
        by_url.settle()
        (received, *_) = by_url.messages(PAGE, contact)
        assert (received["author"], received["text"]) == ("customer", "Grüße, by URL")

    @pytest.mark.parametrize("kind", [JSON, BYTES])
    def test_f35_a_forged_delivery_is_refused(self, by_url: Shop, kind: str) -> None:
        contact = new_contact()
        raw = hello(by_url, contact)
        assert delivered(by_url, raw, by_url.sign(raw, "another"), kind) == 403
        by_url.settle()
        assert contact not in str(by_url.get(f"/v1/conversations?channel_id={PAGE}"))

    @pytest.mark.parametrize(
        ("path", "status"), [("", 403), ("v1/channels", 404), ("webhooks/meta/x", 404)]
    )
    def test_its_root_is_the_webhook_too_and_nothing_else_is(
        self, by_url: Shop, path: str, status: int
    ) -> None:
        root = by_url.stack.webhook_url.removesuffix("webhooks/meta")
        assert loopback.call("GET", f"{root}{path}")[0] == status

    def test_the_gateway_has_no_webhook_any_more(self, by_url: Shop) -> None:
        assert loopback.call("GET", f"{by_url.stack.api_url}/webhooks/meta")[0] in (403, 404)


@pytest.fixture(scope="module")
def urls(running: Shop) -> Iterator[list[Shop]]:
    """A stack with a Function URL, then updated without a choice, then with the gateway chosen."""
    name = "hearback-changing"
    yield [
        beside.deploy(running, name, package.build(), FrontDoor="FunctionUrl"),
        beside.deploy(running, name, package.build(), WorkerConcurrency="60"),
        beside.deploy(running, name, package.build(), FrontDoor="ApiGateway"),
    ]
    running.aws("cloudformation").delete_stack(StackName=name)


class TestChangingTheFrontDoor:
    def test_a_later_deployment_keeps_the_choice(self, urls: list[Shop]) -> None:
        first, later, _ = urls
        assert later.outputs["WebhookUrl"] == first.outputs["WebhookUrl"]

    def test_back_at_the_gateway_meta_can_shake_hands(self, urls: list[Shop]) -> None:
        *_, last = urls
        assert "execute-api" in last.outputs["WebhookUrl"]
        assert handshake(last, last.stack.verify_token) == (200, "115820")

    def test_the_function_url_is_gone(self, urls: list[Shop]) -> None:
        first, *_ = urls
        assert handshake(first, first.stack.verify_token)[0] in (403, 404)


@pytest.fixture(scope="module")
def gateway(by_url: Shop) -> Shop:
    """The embedded AWS does not read its own errors from the API's body: it is told one by one."""
    client, api = by_url.aws("apigateway"), by_url.outputs["RestAPIId"]
    for name, answer in gateway_responses().items():
        client.put_gateway_response(restApiId=api, responseType=name, **answer)
    client.create_deployment(restApiId=api, stageName="api")
    return by_url


class TestTheGatewaysOwnErrors:
    @pytest.mark.parametrize("key", [None, "some key"])
    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_no_such_route_reads_as_no_such_thing(
        self, gateway: Shop, method: str, key: str | None
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = gateway.http(method, "/v1/nowhere", headers=headers)
        ours = gateway.ask("GET", "/v1/conversations/nowhere")[1]
        assert (answer.status_code, answer.json()) == (404, ours)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"


def gateway_responses() -> dict[str, Any]:
    template = yaml.safe_load(package.build().template.read_text())
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    found: dict[str, Any] = body["x-amazon-apigateway-gateway-responses"]
    return found
