"""The packaged template's way in: the gateway or a function URL, and the gateway's own errors."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest

from chalicelib.api.problems import MEDIA_TYPE, problem
from tests.template import of_type, properties, resources, template

pytestmark = pytest.mark.slow

GATEWAY_ERRORS = {
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "DEFAULT_4XX": 404,
    "ACCESS_DENIED": 403,
    "WAF_FILTERED": 403,
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
    "INTEGRATION_TIMEOUT": 504,
    "DEFAULT_5XX": 500,
}
SAME_WORDS = (404, 413, 500)  # as the API's own errors of these statuses


def test_webhook_runs_outside_app() -> None:
    assert properties("Receive")["Handler"] == "chalicelib.webhook.handler"


@pytest.mark.parametrize("method", ["get", "post"])
def test_webhook_route_calls_the_webhook_function(method: str) -> None:
    _, routes, _ = properties("RestAPI")["DefinitionBody"]["paths"]["/webhooks/meta"]["Fn::If"]
    assert "${Receive.Arn}" in routes[method]["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]


def test_with_a_function_url_the_gateway_neither_has_the_route_nor_may_call_the_webhook() -> None:
    route = properties("RestAPI")["DefinitionBody"]["paths"]["/webhooks/meta"]["Fn::If"]
    assert (route[0], route[2]) == ("HasGatewayWebhook", {"Ref": "AWS::NoValue"})
    assert resources()["ReceivePermission"]["Condition"] == "HasGatewayWebhook"
    assert template()["Conditions"]["HasGatewayWebhook"] == {
        "Fn::Not": [{"Condition": "HasFunctionUrl"}]
    }


def test_the_api_is_deployed_anew_also_when_only_the_front_door_changes() -> None:
    assert properties("RestAPI")["AlwaysDeploy"] is True


def test_the_front_door_is_the_gateway_unless_another_is_chosen() -> None:
    parameter = template()["Parameters"]["FrontDoor"]
    assert parameter["Default"] == "ApiGateway"
    assert parameter["AllowedValues"] == ["ApiGateway", "FunctionUrl"]


@pytest.mark.parametrize(
    "name", ["ReceiveUrl", "ReceiveUrlPermission", "ReceiveUrlInvokePermission"]
)
def test_there_is_a_function_url_only_where_it_was_chosen(name: str) -> None:
    assert resources()[name]["Condition"] == "HasFunctionUrl"


def test_a_function_url_gets_both_permissions_that_aws_wants_since_october_2025() -> None:
    by_url, by_function = (
        properties(name) for name in ("ReceiveUrlPermission", "ReceiveUrlInvokePermission")
    )
    assert (by_url["Action"], by_url["FunctionUrlAuthType"]) == ("lambda:InvokeFunctionUrl", "NONE")
    assert by_function["Action"] == "lambda:InvokeFunction"
    assert by_function["InvokedViaFunctionUrl"] is True
    assert by_url["Principal"] == by_function["Principal"] == "*"


def test_no_function_is_open_to_everybody_but_the_webhook_by_its_url() -> None:
    opened = [
        name for name in of_type("AWS::Lambda::Permission") if properties(name)["Principal"] == "*"
    ]
    assert opened == ["ReceiveUrlInvokePermission", "ReceiveUrlPermission"]
    assert {properties(name)["FunctionName"]["Ref"] for name in opened} == {"Receive"}


def test_the_webhook_url_follows_the_front_door() -> None:
    condition, by_url, by_gateway = template()["Outputs"]["WebhookUrl"]["Value"]["Fn::If"]
    assert condition == "HasFunctionUrl"
    assert by_url == {"Fn::Sub": "${ReceiveUrl.FunctionUrl}webhooks/meta"}
    assert by_gateway["Fn::Sub"].endswith("/api/webhooks/meta")


def gateway_responses() -> dict[str, Any]:
    found: dict[str, Any] = properties("RestAPI")["DefinitionBody"][
        "x-amazon-apigateway-gateway-responses"
    ]
    return found


def test_the_tests_here_know_all_errors_of_the_gateway() -> None:
    assert set(gateway_responses()) == set(GATEWAY_ERRORS)


@pytest.mark.parametrize(("error", "status"), GATEWAY_ERRORS.items())
def test_an_error_of_the_gateway_reads_as_one_of_ours(error: str, status: int) -> None:
    answer = gateway_responses()[error]
    document = json.loads(answer["responseTemplates"]["application/json"])
    ours = problem(status, detail=None if status in SAME_WORDS else document["detail"])
    # Python's phrase for 413 is not the same in all versions.
    expected = json.loads(ours.body) | {"title": document["title"]}
    assert (document, answer["statusCode"]) == (expected, str(status))
    assert document["title"] in (HTTPStatus(status).phrase, "Content Too Large")


@pytest.mark.parametrize("error", GATEWAY_ERRORS)
def test_an_error_of_the_gateway_has_the_headers_of_ours(error: str) -> None:
    headers = gateway_responses()[error]["responseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == f"'{MEDIA_TYPE}'"
    assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"
    assert headers["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"


def test_a_throttled_caller_is_told_when_to_come_again() -> None:
    headers = gateway_responses()["THROTTLED"]["responseParameters"]
    assert headers["gatewayresponse.header.Retry-After"] == "'1'"


def test_json_is_not_a_binary_type() -> None:
    binary = properties("RestAPI")["DefinitionBody"]["x-amazon-apigateway-binary-media-types"]
    assert not {"application/json", "*/*"} & set(binary)
