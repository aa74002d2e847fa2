"""The packaged template keeps its promises: least privilege, nothing lost, nothing public."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools import package

pytestmark = pytest.mark.slow

Resource = dict[str, Any]

FUNCTIONS = {
    *("APIHandler", "Receive", "ProcessEvents", "StoreQuarantined"),
    *("SendDue", "StartDailyMetrics", "ComputeDay"),
}
TAKERS = {
    "ProcessEvents": "InboundQueue",
    "StoreQuarantined": "QuarantineQueue",
    "ComputeDay": "MetricsQueue",
}
# The webhook may do nothing else (reliability requirement S14).
RECEIVE_MAY = {
    *("logs:CreateLogStream", "logs:PutLogEvents", "ssm:GetParameter", "ssm:GetParameters"),
    *("sqs:SendMessage", "s3:PutObject"),
}


@cache
def template() -> dict[str, Any]:
    packaged: dict[str, Any] = yaml.safe_load(package.build().template.read_text())
    return packaged


def resources() -> dict[str, Resource]:
    found: dict[str, Resource] = template()["Resources"]
    return found


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources()[name]["Properties"]
    return found


def of_type(kind: str) -> list[str]:
    return sorted(name for name, each in resources().items() if each["Type"] == kind)


def written(kind: str) -> list[str]:
    """The same from infra/merge.yaml as it is written: collecting tests builds nothing."""
    lines = (package.ROOT / "infra" / "merge.yaml").read_text()
    return sorted(re.findall(rf"^  (\w+):\n    Type: {kind}$", lines, re.MULTILINE))


ROLES = [
    *("ApiHandlerRole", "ComputeDayRole", "ProcessEventsRole", "ReceiveRole"),
    *("SendDueRole", "StartDailyMetricsRole", "StoreQuarantinedRole"),
]
TABLES = written("AWS::DynamoDB::Table")
QUEUES = written("AWS::SQS::Queue")
ALARMS = written("AWS::CloudWatch::Alarm")


def statements(role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(role: str) -> set[str]:
    return {action for statement in statements(role) for action in statement["Action"]}


def test_cfn_lint_finds_no_error() -> None:
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [lint, "--", package.build().template], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_there_is_one_function_for_each_source_of_events() -> None:
    assert set(of_type("AWS::Serverless::Function")) == FUNCTIONS


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("AWS::IAM::Role", ROLES),
        ("AWS::DynamoDB::Table", TABLES),
        ("AWS::SQS::Queue", QUEUES),
        ("AWS::CloudWatch::Alarm", ALARMS),
    ],
)
def test_the_tests_here_know_all_resources(kind: str, names: list[str]) -> None:
    assert of_type(kind) == names


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_has_a_role_of_its_own(name: str) -> None:
    roles = [json.dumps(properties(each)["Role"]) for each in FUNCTIONS]
    assert roles.count(json.dumps(properties(name)["Role"])) == 1


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_logs_into_a_group_that_forgets(name: str) -> None:
    group = properties(name)["LoggingConfig"]["LogGroup"]["Ref"]
    assert properties(group)["RetentionInDays"] == 30


@pytest.mark.parametrize("role", ROLES)
def test_no_role_has_a_wildcard_action(role: str) -> None:
    assert [action for action in actions(role) if "*" in action] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_may_touch_every_resource(role: str) -> None:
    named = [resource for each in statements(role) for resource in each["Resource"]]
    assert "*" not in named


@pytest.mark.parametrize("role", ROLES)
def test_each_role_writes_its_own_log_only(role: str) -> None:
    groups = [
        each["Resource"] for each in statements(role) if "logs:PutLogEvents" in each["Action"]
    ]
    assert groups == [
        [{"Fn::GetAtt": [f"{role.removesuffix('HandlerRole').removesuffix('Role')}Logs", "Arn"]}]
    ]


def test_webhook_may_do_nothing_but_its_work() -> None:
    assert actions("ReceiveRole") == RECEIVE_MAY


def test_webhook_writes_only_below_its_prefix_of_the_bucket() -> None:
    written = [
        each["Resource"] for each in statements("ReceiveRole") if "s3:PutObject" in each["Action"]
    ]
    assert written == [[{"Fn::Sub": "${QuarantineBucket.Arn}/quarantine/large/*"}]]


def test_only_the_webhook_may_send_to_the_inbound_queue() -> None:
    inbound = {"Fn::GetAtt": ["InboundQueue", "Arn"]}
    senders = {
        role
        for role in ROLES
        for each in statements(role)
        if "sqs:SendMessage" in each["Action"] and inbound in each["Resource"]
    }
    assert senders == {"ReceiveRole"}


def test_only_the_api_reads_the_keys() -> None:
    readers = {role for role in ROLES if "ApiKeysTable" in json.dumps(statements(role))}
    assert readers == {"ApiHandlerRole"}


def test_what_the_embedded_aws_needs_more_exists_in_stage_local_only() -> None:
    extra = of_type("AWS::IAM::Policy")
    assert {resources()[name]["Condition"] for name in extra} == {"IsLocal"}


def test_webhook_runs_outside_app() -> None:
    assert properties("Receive")["Handler"] == "chalicelib.webhook.handler"


@pytest.mark.parametrize("method", ["get", "post"])
def test_webhook_route_calls_the_webhook_function(method: str) -> None:
    route = properties("RestAPI")["DefinitionBody"]["paths"]["/webhooks/meta"][method]
    assert "${Receive.Arn}" in route["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]


def test_json_is_not_a_binary_type() -> None:
    binary = properties("RestAPI")["DefinitionBody"]["x-amazon-apigateway-binary-media-types"]
    assert not {"application/json", "*/*"} & set(binary)


@pytest.mark.parametrize(("name", "queue"), TAKERS.items())
def test_queue_functions_report_which_records_failed(name: str, queue: str) -> None:
    (source,) = properties(name)["Events"].values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": [queue, "Arn"]}


@pytest.mark.parametrize(("name", "queue"), TAKERS.items())
def test_a_record_stays_hidden_six_times_as_long_as_its_function_may_run(
    name: str, queue: str
) -> None:
    assert properties(queue)["VisibilityTimeout"] == 6 * properties(name)["Timeout"]


@pytest.mark.parametrize("queue", TAKERS.values())
def test_what_fails_twenty_times_goes_to_a_dead_letter_queue(queue: str) -> None:
    redrive = properties(queue)["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 20
    dead = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert properties(dead)["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_workers_are_limited_and_know_how_many_they_are() -> None:
    (source,) = properties("ProcessEvents")["Events"].values()
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert source["Properties"]["ScalingConfig"] == {
        "MaximumConcurrency": {"Ref": "WorkerConcurrency"}
    }
    assert variables["WORKER_CONCURRENCY"] == {"Ref": "WorkerConcurrency"}


def test_inbound_queue_keeps_order_by_conversation_at_high_throughput() -> None:
    inbound = properties("InboundQueue")
    assert inbound["FifoQueue"] is True
    assert inbound["DeduplicationScope"] == "messageGroup"
    assert inbound["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize("queue", QUEUES)
def test_queues_are_encrypted_and_take_a_megabyte(queue: str) -> None:
    assert properties(queue)["SqsManagedSseEnabled"] is True
    assert properties(queue)["MaximumMessageSize"] == 1024 * 1024


def test_every_queue_refuses_plain_http() -> None:
    named = [each["Ref"] for each in properties("QueuesTlsOnly")["Queues"]]
    assert sorted(named) == QUEUES


@pytest.mark.parametrize("policy", ["QueuesTlsOnly", "QuarantineTlsOnly"])
def test_plain_http_is_refused_wherever_the_stage_is_not_local(policy: str) -> None:
    (statement,) = properties(policy)["PolicyDocument"]["Statement"]
    assert resources()[policy]["Condition"] == "IsDeployed"
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("table", TABLES)
def test_tables_survive_mistakes(table: str) -> None:
    assert (
        resources()[table]["DeletionPolicy"]
        == resources()[table]["UpdateReplacePolicy"]
        == "Retain"
    )
    assert properties(table)["DeletionProtectionEnabled"] is True
    recovery = properties(table)["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_encrypted_and_paid_by_request(table: str) -> None:
    assert properties(table)["SSESpecification"] == {"SSEEnabled": True}
    assert properties(table)["BillingMode"] == "PAY_PER_REQUEST"


def test_quarantine_is_private_encrypted_and_forgets_after_thirty_days() -> None:
    bucket = properties("QuarantineBucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30


@pytest.mark.parametrize("parameter", ["GraphUrl", "TestClock"])
def test_local_switches_are_refused_by_every_other_stage(parameter: str) -> None:
    rule = template()["Rules"]["LocalSwitches"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    assert {"Fn::Equals": [{"Ref": parameter}, ""]} in [
        each["Assert"] for each in rule["Assertions"]
    ]


@pytest.mark.parametrize("variable", ["GRAPH_URL", "TEST_CLOCK"])
def test_local_switches_reach_functions_in_stage_local_only(variable: str) -> None:
    value = template()["Globals"]["Function"]["Environment"]["Variables"][variable]
    assert value["Fn::If"][0] == "IsLocal"
    assert value["Fn::If"][2] == {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("alarm", ALARMS)
def test_alarms_cost_nothing_unless_a_topic_is_given(alarm: str) -> None:
    assert resources()[alarm]["Condition"] == "HasAlarms"


def test_no_secret_is_in_the_template() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert [name for name in variables if re.search("SECRET|TOKEN|PASSWORD", name)] == []


def test_debug_is_off() -> None:
    """Chalice's debug mode answers with stack traces."""
    from app import app

    assert app.debug is False
