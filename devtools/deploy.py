"""Deploy a stage to AWS: secrets, package, stack. Prints what Meta wants to know.

`make deploy STAGE=prod`; docs/operations.md tells the rest.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Any

from devtools import cloudformation, package, stage
from devtools.cloudformation import DeployError
from devtools.local_aws.keys import put_api_key

Clients = Callable[[str], Any]

# What may be chosen, beside the parameter of the template that it becomes.
CHOICES = {
    "alarm_topic": ("AlarmTopicArn", "ARN of the SNS topic to alarm"),
    "front_door": ("FrontDoor", "ApiGateway or FunctionUrl"),
    "cors_origins": ("CorsOrigins", "origins of pages that may call the API, or none"),
    "worker_concurrency": ("WorkerConcurrency", "workers at the same time, 2 to 1000"),
    "receive_reserved": ("ReceiveReservedConcurrency", "runs of the webhook to reserve, or 0"),
    "worker_reserved": ("WorkerReservedConcurrency", "runs of the worker to reserve, or 0"),
}


def main() -> int:
    options = _options()
    try:
        machine = machine_of(options.architecture)
        _deploy(options.stage, options.bucket, parameters(vars(options)), machine)
    except (stage.UsageError, DeployError, *stage.AWS_ERRORS) as error:
        print(f"Not deployed. {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--bucket", default="", help="for packages; made if it is not given")
    words = " or ".join(package.MACHINES)
    parser.add_argument("--architecture", default="", help=f"{words}; by default this machine's")
    for name, (_, meaning) in CHOICES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", default="", help=meaning)
    return parser.parse_args()


def machine_of(architecture: str) -> str:
    """The kind of machine that the package is for. Raises UsageError for a word unknown to us."""
    if architecture and architecture not in package.MACHINES:
        raise stage.UsageError(f"Give ARCHITECTURE as {' or '.join(package.MACHINES)}.")
    return package.MACHINES[architecture] if architecture else package.HERE


def parameters(options: Mapping[str, str]) -> dict[str, str]:
    """The template's parameters that were given; the stack keeps what it has of the others.

    Raises UsageError where fewer runs are reserved than there are workers.
    """
    given = {parameter: options[name] for name, (parameter, _) in CHOICES.items() if options[name]}
    if not _have_workers_room(options["worker_concurrency"], options["worker_reserved"] or "0"):
        raise stage.UsageError(
            "Give WORKER_RESERVED together with WORKER_CONCURRENCY, and a number that is at least"
            " as high (or 0): batches without a worker come back until they are dead letters."
        )
    return {"Stage": options["stage"]} | given


def _have_workers_room(workers: str, reserved: str) -> bool:
    if reserved == "0":
        return True
    return workers.isdecimal() and reserved.isdecimal() and int(workers) <= int(reserved)


def _deploy(name: str, bucket: str, given: Mapping[str, str], machine: str) -> None:
    stack = stage.stack_name(name)
    session, account = stage.open_session()
    print(f"Stage {name} in account {account}, region {session.region_name}")
    clients: Clients = session.client
    verify_token = _secrets(clients("ssm"), name)
    bucket = bucket or _own_bucket(clients("s3"), f"hearback-packages-{account}", session)
    print("Building the package; the first deployment takes some minutes", flush=True)
    found = cloudformation.deploy(
        clients,
        package.build(machine=machine),
        stack=stack,
        bucket=bucket,
        parameters=given,
        say=lambda text: print(text, flush=True),
    )
    _first_api_key(clients("dynamodb"), found["ApiKeysTableName"])
    print(f"\nIn the app dashboard of Meta, Webhooks:\n  Callback URL  {found['WebhookUrl']}")
    print(f"  Verify token  {verify_token}\nAPI  {found['ApiUrl']}/v1")


def _secrets(ssm: Any, name: str) -> str:
    """Make or ask for the secrets that are missing; the verify token."""
    path = f"/hearback/{name}"
    if not stage.exists(ssm.get_parameter, Name=f"{path}/app_secret"):
        _put(ssm, f"{path}/app_secret", _app_secret())
    if not stage.exists(ssm.get_parameter, Name=f"{path}/verify_token"):
        _put(ssm, f"{path}/verify_token", secrets.token_urlsafe(24))
    found = ssm.get_parameter(Name=f"{path}/verify_token", WithDecryption=True)
    token: str = found["Parameter"]["Value"]
    return token


def _app_secret() -> str:
    value = os.environ.get("META_APP_SECRET", "")
    if not value and sys.stdin.isatty():
        value = getpass.getpass("App secret (Meta's app dashboard, App settings, Basic): ")
    if not value.strip():
        raise stage.UsageError("Give the app secret of your Meta app in META_APP_SECRET.")
    return value.strip()


def _put(ssm: Any, name: str, value: str) -> None:
    ssm.put_parameter(Name=name, Value=value, Type="SecureString")
    print(f"Stored {name}")


def _own_bucket(s3: Any, prefix: str, session: Any) -> str:
    """The private bucket for packages, made if it does not exist."""
    bucket = f"{prefix}-{session.region_name}"
    if stage.exists(s3.head_bucket, Bucket=bucket):
        return bucket
    # us-east-1 must not be named: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": session.region_name}}
    s3.create_bucket(Bucket=bucket, **({} if session.region_name == "us-east-1" else elsewhere))
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)
    )
    print(f"Made bucket {bucket}")
    return bucket


def _first_api_key(dynamodb: Any, table: str) -> None:
    """A stage without any key gets one, shown this once: only its hash is kept."""
    if dynamodb.scan(TableName=table, Limit=1)["Items"]:
        return
    api_key = secrets.token_urlsafe(32)
    put_api_key(dynamodb, table, api_key, name="make deploy")
    print(f"\nAPI key, shown only now:\n  {api_key}")


if __name__ == "__main__":
    sys.exit(main())
