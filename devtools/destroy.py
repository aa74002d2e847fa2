"""Delete a stage from AWS. What customers wrote stays unless `DELETE_DATA=yes` is said.

`make destroy STAGE=prod [DELETE_DATA=yes]`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any

from devtools import cloudformation, stage

YES = "yes"
Clients = Callable[[str], Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--delete-data", default="", help="yes, or nothing")
    options = parser.parse_args()
    try:
        _destroy(options.stage, options.delete_data)
    except (stage.UsageError, *stage.AWS_ERRORS) as error:
        print(f"Not done. {error}", file=sys.stderr)
        return 1
    return 0


def _destroy(name: str, delete_data: str) -> None:
    stack = stage.stack_name(name)
    if delete_data not in ("", YES):
        raise stage.UsageError("DELETE_DATA is yes, or left out.")
    session, account = stage.open_session()
    clients: Clients = session.client
    found = cloudformation.describe(clients("cloudformation"), stack)
    if found is None:
        raise stage.UsageError(f"There is no stack {stack} in account {account}.")
    kept = cloudformation.outputs(found)
    _delete_stack(clients("cloudformation"), stack)
    if delete_data:
        delete_what_stays(name, kept, clients)
    else:
        print("\n".join(what_stays(name, kept, clients)))


def _delete_stack(client: Any, stack: str) -> None:
    print(f"Deleting stack {stack} (some minutes)", flush=True)
    client.delete_stack(StackName=stack)
    waiter = client.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 5, "MaxAttempts": 360})


def what_stays(name: str, kept: Mapping[str, str], clients: Clients) -> list[str]:
    """Lines that name what is left of a stack that is gone; `kept` is what its outputs were."""
    resources = (
        *_tables(kept, clients("dynamodb")),
        kept["QuarantineBucketName"],
        f"secrets below /hearback/{name}/",
    )
    return [
        "These stay, with all that they hold, and cost what they store:",
        *(f"  {resource}" for resource in resources),
    ]


def delete_what_stays(name: str, kept: Mapping[str, str], clients: Clients) -> None:
    """Delete what is left of a stack that is gone."""
    for table in _tables(kept, clients("dynamodb")):
        print(f"Deleting table {table}")
        _delete_table(clients("dynamodb"), table)
    print(f"Deleting bucket {kept['QuarantineBucketName']}")
    _delete_bucket(clients("s3"), kept["QuarantineBucketName"])
    print(f"Deleting secrets below /hearback/{name}/")
    _delete_secrets(clients("ssm"), f"/hearback/{name}")


def _tables(kept: Mapping[str, str], dynamodb: Any) -> list[str]:
    """Those that outlived the stack."""
    tables = [value for key, value in sorted(kept.items()) if key.endswith("TableName")]
    return [each for each in tables if stage.exists(dynamodb.describe_table, TableName=each)]


def _delete_table(dynamodb: Any, table: str) -> None:
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.get_waiter("table_exists").wait(TableName=table)
    dynamodb.delete_table(TableName=table)


def _delete_bucket(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys = [{"Key": each["Key"]} for each in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
    s3.delete_bucket(Bucket=bucket)


def _delete_secrets(ssm: Any, path: str) -> None:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    for name in [each["Name"] for page in pages for each in page["Parameters"]]:
        ssm.delete_parameter(Name=name)


if __name__ == "__main__":
    sys.exit(main())
