"""Deploying: what is up to date stays alone, what was chosen stays chosen, failures explain."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from devtools import cloudformation
from devtools.cloudformation import PACKAGE_TAG, DeployError
from devtools.deploy import CHOICES, parameters
from devtools.package import Package
from devtools.stage import UsageError

TEMPLATE = """
Parameters: {Stage: {Type: String}, AlarmTopicArn: {Type: String, Default: ""}}
Resources: {Work: {Type: AWS::Serverless::Function, Properties: {CodeUri: code.zip}}}
"""
LIMIT = 1_000_000  # bytes of a template in S3: cloudformation-limits of the user guide


class FakeAws:
    """CloudFormation with at most one stack, and an S3 that takes everything."""

    def __init__(self, stack: dict[str, Any] | None = None, *, fails: bool = False) -> None:
        self.stack, self._fails = stack, fails
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.meta = SimpleNamespace(endpoint_url="https://s3.here")

    def __call__(self, service: str) -> FakeAws:
        return self

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if self.stack is None:
            error = {"Error": {"Code": "ValidationError", "Message": "Stack s does not exist"}}
            raise ClientError(error, "DescribeStacks")
        return {"Stacks": [self.stack]}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        failed = {"LogicalResourceId": "Work", "ResourceStatus": "CREATE_FAILED"}
        return {"StackEvents": [failed | {"ResourceStatusReason": "no such runtime"}]}

    def put_object(self, **request: Any) -> None:
        self.requests.append(("put", request))

    def create_stack(self, **request: Any) -> None:
        self.requests.append(("create", request))
        self.stack = stack()

    def update_stack(self, **request: Any) -> None:
        self.requests.append(("update", request))

    def get_waiter(self, _: str) -> FakeAws:
        return self

    def wait(self, **_: Any) -> None:
        if self._fails:
            raise WaiterError("stack_create_complete", "failed", {})


def stack(*, digest: str = "new", **parameters: str) -> dict[str, Any]:
    given = {"Stage": "prod", "AlarmTopicArn": ""} | parameters
    return {
        "StackStatus": "CREATE_COMPLETE",
        "Tags": [{"Key": PACKAGE_TAG, "Value": digest}],
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        "Outputs": [{"OutputKey": "WebhookUrl", "OutputValue": "https://there"}],
    }


@pytest.fixture
def package(tmp_path: Path) -> Package:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "code.zip").write_bytes(b"code")
    return Package(tmp_path / "template.yaml", tmp_path / "code.zip", "new")


OPTIONS = {"stage": "prod", "bucket": ""} | dict.fromkeys(CHOICES, "")


def deploy(aws: FakeAws, package: Package) -> dict[str, str]:
    return cloudformation.deploy(
        aws, package, stack="s", bucket="b", parameters={"Stage": "prod"}, say=lambda _: None
    )


def test_a_new_stack_is_created_and_its_outputs_are_returned(package: Package) -> None:
    aws = FakeAws()
    assert deploy(aws, package) == {"WebhookUrl": "https://there"}
    assert [kind for kind, _ in aws.requests] == ["put", "put", "create"]


def test_functions_get_the_uploaded_code(package: Package) -> None:
    aws = FakeAws()
    deploy(aws, package)
    (_, code), (_, template), _ = aws.requests
    assert (code["Bucket"], code["Key"], code["Body"]) == ("b", "new/code.zip", b"code")
    work = json.loads(template["Body"])["Resources"]["Work"]
    assert work["Properties"]["CodeUri"] == {"Bucket": "b", "Key": "new/code.zip"}


def test_the_stack_is_made_from_the_uploaded_template(package: Package) -> None:
    aws = FakeAws()
    deploy(aws, package)
    _, (_, template), (_, request) = aws.requests
    assert (template["Bucket"], template["Key"]) == ("b", "new/template.json")
    assert request["TemplateURL"] == "https://s3.here/b/new/template.json"


def test_an_old_stack_is_updated(package: Package) -> None:
    aws = FakeAws(stack(digest="old"))
    deploy(aws, package)
    assert [kind for kind, _ in aws.requests] == ["put", "put", "update"]


def test_a_stack_with_this_package_is_left_alone(package: Package) -> None:
    aws = FakeAws(stack())
    deploy(aws, package)
    assert aws.requests == []


def test_a_parameter_that_changed_is_deployed(package: Package) -> None:
    aws = FakeAws(stack(Stage="other"))
    deploy(aws, package)
    assert [kind for kind, _ in aws.requests] == ["put", "put", "update"]


def test_what_was_chosen_before_stays_chosen(package: Package) -> None:
    aws = FakeAws(stack(digest="old", AlarmTopicArn="arn:topic", Removed="x"))
    deploy(aws, package)
    assert aws.requests[-1][1]["Parameters"] == [
        {"ParameterKey": "Stage", "ParameterValue": "prod"},
        {"ParameterKey": "AlarmTopicArn", "UsePreviousValue": True},
    ]


@pytest.mark.parametrize(
    ("option", "parameter", "value"),
    [
        ("alarm_topic", "AlarmTopicArn", "arn:topic"),
        ("front_door", "FrontDoor", "FunctionUrl"),
        ("cors_origins", "CorsOrigins", "https://app.shop.example"),
        ("worker_concurrency", "WorkerConcurrency", "20"),
        ("receive_reserved", "ReceiveReservedConcurrency", "30"),
        ("worker_reserved", "WorkerReservedConcurrency", "0"),
    ],
)
def test_what_is_chosen_becomes_a_parameter(option: str, parameter: str, value: str) -> None:
    assert parameters(OPTIONS | {option: value}) == {"Stage": "prod", parameter: value}


@pytest.mark.parametrize(("workers", "reserved"), [("20", "20"), ("20", "0"), ("", "0")])
def test_runs_are_reserved_for_every_worker_or_for_none(workers: str, reserved: str) -> None:
    given = parameters(OPTIONS | {"worker_concurrency": workers, "worker_reserved": reserved})
    assert given["WorkerReservedConcurrency"] == reserved


@pytest.mark.parametrize(("workers", "reserved"), [("20", "19"), ("", "100"), ("20", "many")])
def test_runs_for_some_of_the_workers_are_refused(workers: str, reserved: str) -> None:
    with pytest.raises(UsageError, match="WORKER_RESERVED together with WORKER_CONCURRENCY"):
        parameters(OPTIONS | {"worker_concurrency": workers, "worker_reserved": reserved})


def test_what_is_not_chosen_is_left_to_the_stack() -> None:
    assert parameters(OPTIONS) == {"Stage": "prod"}


def test_a_failure_says_what_cloudformation_said(package: Package) -> None:
    with pytest.raises(DeployError, match="Work: no such runtime"):
        deploy(FakeAws(fails=True), package)


@pytest.mark.slow
def test_our_template_is_not_larger_than_cloudformation_takes() -> None:
    from devtools import package as packages

    aws = FakeAws()
    deploy(aws, packages.build())
    assert len(aws.requests[1][1]["Body"]) < LIMIT
