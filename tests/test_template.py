"""The packaged template keeps its promises: least privilege, nothing lost, nothing public."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devtools import package
from tests.template import of_type, properties, resources, template, written

pytestmark = pytest.mark.slow

FUNCTIONS = {
    *("APIHandler", "Receive", "ProcessEvents", "StoreQuarantined"),
    *("SendDue", "RunCampaign", "StartDailyMetrics", "ComputeDay"),
}
TAKERS = {"ProcessEvents": "InboundQueue", "StoreQuarantined": "QuarantineQueue"}
ASKERS = ("APIHandler", "StartDailyMetrics")  # for the metrics of days
# The webhook may do nothing else (SECURITY.md).
RECEIVE_MAY = {
    *("logs:CreateLogStream", "logs:PutLogEvents", "ssm:GetParameters"),
    *("sqs:SendMessage", "s3:PutObject"),
}
ROLES = [
    *("ApiHandlerRole", "ComputeDayRole", "ProcessEventsRole", "ReceiveRole"),
    *("RunCampaignRole", "SendDueRole", "StartDailyMetricsRole", "StoreQuarantinedRole"),
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


def test_only_the_api_keeps_secrets_and_only_access_tokens() -> None:
    written = {
        (role, json.dumps(each["Resource"]).rpartition("parameter/")[2])
        for role in ROLES
        for each in statements(role)
        if "ssm:PutParameter" in each["Action"]
    }
    assert written == {("ApiHandlerRole", 'hearback/${Stage}/channels/*"}]')}


def test_only_the_api_reads_the_keys() -> None:
    readers = {role for role in ROLES if "ApiKeysTable" in json.dumps(statements(role))}
    assert readers == {"ApiHandlerRole"}


def test_what_the_embedded_aws_needs_more_exists_in_stage_local_only() -> None:
    extra = of_type("AWS::IAM::Policy")
    assert {resources()[name]["Condition"] for name in extra} == {"IsLocal"}


@pytest.mark.parametrize(
    ("function", "condition", "parameter"),
    [
        ("Receive", "HasReceiveReserved", "ReceiveReservedConcurrency"),
        ("ProcessEvents", "HasWorkerReserved", "WorkerReservedConcurrency"),
    ],
)
def test_concurrency_is_reserved_only_where_it_is_asked_for(
    function: str, condition: str, parameter: str
) -> None:
    assert properties(function)["ReservedConcurrentExecutions"] == {
        "Fn::If": [condition, {"Ref": parameter}, {"Ref": "AWS::NoValue"}]
    }
    assert template()["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, "0"]}]
    }
    assert template()["Parameters"][parameter]["Default"] == 0


@pytest.mark.parametrize("name", sorted(FUNCTIONS - {"Receive", "ProcessEvents"}))
def test_no_other_function_takes_concurrency_from_the_account(name: str) -> None:
    assert "ReservedConcurrentExecutions" not in properties(name)


def test_the_worker_reports_which_records_failed() -> None:
    (source,) = properties("ProcessEvents")["Events"].values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": ["InboundQueue", "Arn"]}


def events_of(name: str) -> list[dict[str, Any]]:
    """What wakes the function."""
    found: dict[str, dict[str, Any]] = properties(name).get("Events", {})
    return list(found.values())


def test_one_queue_is_polled_because_polling_is_what_an_idle_month_costs() -> None:
    sources = {name: [each["Type"] for each in events_of(name)] for name in FUNCTIONS}
    assert [name for name, types in sources.items() if "SQS" in types] == ["ProcessEvents"]


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("SendDue", "rate(1 minute)"),
        ("StartDailyMetrics", "cron(5 * * * ? *)"),
        ("StoreQuarantined", "cron(35 * * * ? *)"),
    ],
)
def test_a_schedule_wakes_its_function(name: str, times: str) -> None:
    (event,) = events_of(name)
    assert (event["Type"], event["Properties"]["Schedule"]) == ("Schedule", times)


def test_f26_a_day_that_fails_is_tried_twice_more_and_then_a_dead_letter() -> None:
    invoked = properties("ComputeDay")["EventInvokeConfig"]
    dead = {"Type": "SQS", "Destination": {"Fn::GetAtt": ["MetricsDlq", "Arn"]}}
    assert (invoked["MaximumRetryAttempts"], invoked["MaximumEventAgeInSeconds"]) == (2, 6 * 3600)
    assert invoked["DestinationConfig"] == {"OnFailure": dead}
    assert {
        "Sid": "TellOfFailures",
        "Effect": "Allow",
        "Action": ["sqs:SendMessage"],
        "Resource": [{"Fn::GetAtt": ["MetricsDlq", "Arn"]}],
    } in statements("ComputeDayRole")


@pytest.mark.parametrize("name", ASKERS)
def test_who_asks_for_days_knows_the_function_and_may_call_no_other(name: str) -> None:
    role = properties(name)["Role"]["Fn::GetAtt"][0]
    allowed = [each for each in statements(role) if "lambda:InvokeFunction" in each["Action"]]
    assert [each["Resource"] for each in allowed] == [[{"Fn::GetAtt": ["ComputeDay", "Arn"]}]]
    variables = properties(name)["Environment"]["Variables"]
    assert variables["COMPUTE_DAY_FUNCTION"] == {"Ref": "ComputeDay"}


def test_nobody_else_may_call_a_function() -> None:
    callers = {role for role in ROLES if "lambda:InvokeFunction" in actions(role)}
    assert callers == {"ApiHandlerRole", "SendDueRole", "StartDailyMetricsRole"}


def test_who_asks_for_lanes_of_campaigns_knows_the_function_and_may_call_no_other() -> None:
    allowed = [
        each for each in statements("SendDueRole") if "lambda:InvokeFunction" in each["Action"]
    ]
    assert [each["Resource"] for each in allowed] == [[{"Fn::GetAtt": ["RunCampaign", "Arn"]}]]
    variables = properties("SendDue")["Environment"]["Variables"]
    assert variables["RUN_CAMPAIGN_FUNCTION"] == {"Ref": "RunCampaign"}


def test_a_lane_is_asked_for_by_the_schedule_alone_not_by_lambda_again() -> None:
    assert properties("RunCampaign")["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


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


@pytest.mark.parametrize("table", [table for table in TABLES if table != "RatesTable"])
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
def test_tables_are_encrypted_by_the_key_that_costs_nothing_and_paid_by_request(table: str) -> None:
    """DynamoDB encrypts every table; a specification would name a key whose calls are billed.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
    (read 2026-11-22)"""
    assert "SSESpecification" not in properties(table)
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
    condition = resources()[alarm]["Condition"]
    given = template()["Conditions"].get(condition, {}).get("Fn::And", [{"Condition": condition}])
    assert {"Condition": "HasAlarms"} in given


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_stands_in_operations(alarm: str) -> None:
    assert f"`{alarm}`" in (package.ROOT / "docs" / "operations.md").read_text()


@pytest.mark.parametrize(
    ("alarm", "function", "seconds"),
    [
        ("SendDueSilentAlarm", "SendDue", 15 * 60),
        ("DailyMetricsSilentAlarm", "StartDailyMetrics", 3 * 3600),
    ],
)
def test_f22_a_schedule_that_stopped_alarms(alarm: str, function: str, seconds: int) -> None:
    facts = properties(alarm)
    assert facts["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    assert facts["Namespace"] == "AWS/Lambda"
    assert (facts["MetricName"], facts["Statistic"]) == ("Invocations", "Sum")
    assert (facts["ComparisonOperator"], facts["Threshold"]) == ("LessThanThreshold", 1)
    assert facts["Period"] * facts["EvaluationPeriods"] == seconds
    assert facts["TreatMissingData"] == "breaching"


def test_no_secret_is_in_the_template() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert [name for name in variables if re.search("SECRET|TOKEN|PASSWORD", name)] == []


def test_debug_is_off() -> None:
    """Chalice's debug mode answers with stack traces."""
    from app import app

    assert app.debug is False
