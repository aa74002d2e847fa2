"""Bringing a package up as a CloudFormation stack, on AWS and on the embedded AWS alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from botocore.exceptions import ClientError, WaiterError

from devtools.package import Package

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
INLINE_LIMIT = 51_200  # bytes of a TemplateBody
PACKAGE_TAG = "hearback-package"
NOTHING_TO_DO = "No updates are to be performed"

Say = Callable[[str], None]


class DeployError(Exception):
    """The stack did not come up; the message lists what CloudFormation said."""


def deploy(
    clients: Callable[[str], Any],
    package: Package,
    *,
    stack: str,
    bucket: str,
    parameters: Mapping[str, str],
    say: Say,
) -> dict[str, str]:
    """Create or update the stack; returns its outputs. A stack that is up to date is left alone."""
    cloudformation = clients("cloudformation")
    found = describe(cloudformation, stack)
    if found and _is_current(found, package, parameters):
        say(f"Stack {stack} is up to date")
        return outputs(found)
    say(f"Deploying stack {stack}")
    request = _request(_upload(clients("s3"), package, bucket), package, stack, parameters)
    _apply(cloudformation, request, is_new=found is None, stack=stack)
    return outputs(describe(cloudformation, stack) or {})


def describe(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    """The stack as CloudFormation knows it, None if it does not exist."""
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if found["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE") else found


def outputs(found: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def _is_current(found: Mapping[str, Any], package: Package, parameters: Mapping[str, str]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
    is_complete = found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    return (
        is_complete
        and tags.get(PACKAGE_TAG) == package.digest
        and parameters.items() <= given.items()
    )


def _upload(s3: Any, package: Package, bucket: str) -> str:
    """The template as a request wants it, its functions pointing at the uploaded code."""
    key = f"{package.digest}/code.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=package.code.read_bytes())
    template = yaml.safe_load(package.template.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    body = json.dumps(template, separators=(",", ":"))
    if len(body.encode()) > INLINE_LIMIT:
        raise DeployError(
            f"The template has {len(body):,} bytes, CloudFormation takes {INLINE_LIMIT:,}."
        )
    return body


def _request(
    body: str, package: Package, stack: str, parameters: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "StackName": stack,
        "TemplateBody": body,
        "Capabilities": CAPABILITIES,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Tags": [{"Key": PACKAGE_TAG, "Value": package.digest}],
    }


def _apply(cloudformation: Any, request: dict[str, Any], *, is_new: bool, stack: str) -> None:
    kind = "create" if is_new else "update"
    try:
        getattr(cloudformation, f"{kind}_stack")(**request)
        waiter = cloudformation.get_waiter(f"stack_{kind}_complete")
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 2, "MaxAttempts": 900})
    except ClientError as error:
        if NOTHING_TO_DO not in str(error):
            raise DeployError(str(error)) from error
    except WaiterError as error:
        raise DeployError(_reasons(cloudformation, stack)) from error


def _reasons(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"].endswith("FAILED")]
    lines = [
        f"  {each['LogicalResourceId']}: {each.get('ResourceStatusReason', '?')}" for each in failed
    ]
    return f"Stack {stack} did not come up:\n" + "\n".join(dict.fromkeys(lines))
