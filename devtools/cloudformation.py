"""Bringing a package up as a CloudFormation stack, on AWS and on the embedded AWS alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from botocore.exceptions import ClientError, WaiterError

from devtools.package import Package

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
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
    template = _with_code(package, bucket)
    request = {
        "StackName": stack,
        "TemplateURL": _upload(clients("s3"), package, bucket, template),
        "Capabilities": CAPABILITIES,
        "Parameters": _parameters(parameters, found or {}, template),
        "Tags": [{"Key": PACKAGE_TAG, "Value": package.digest}],
    }
    _apply(cloudformation, request, kind="update" if found else "create")
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


def _with_code(package: Package, bucket: str) -> dict[str, Any]:
    """The template, its functions pointing at where the code will be."""
    template: dict[str, Any] = yaml.safe_load(package.template.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": _code_key(package)}
    return template


def _code_key(package: Package) -> str:
    return f"{package.digest}/code.zip"


def _upload(s3: Any, package: Package, bucket: str, template: Mapping[str, Any]) -> str:
    """Upload code and template; the template's address.

    A template may have 1 MB there, but only 51,200 bytes in a request (read 2026-11-22):
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    body = json.dumps(template, separators=(",", ":")).encode()
    key = f"{package.digest}/template.json"
    s3.put_object(Bucket=bucket, Key=_code_key(package), Body=package.code.read_bytes())
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _parameters(
    given: Mapping[str, str], found: Mapping[str, Any], template: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Those given; of the others a stack keeps what it has."""
    known = {each["ParameterKey"] for each in found.get("Parameters", [])}
    kept = sorted((known & template["Parameters"].keys()) - given.keys())
    return [
        *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items()),
        *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
    ]


def _apply(cloudformation: Any, request: dict[str, Any], *, kind: str) -> None:
    stack = request["StackName"]
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
