"""The embedded AWS: MiniStack on a loopback port, with IAM enforced and its state in a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from devtools.local_aws.running import Program

REGION = "us-east-1"
# MiniStack takes the credentials in its own environment for those of the account's root.
ROOT_USER = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


def endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def clients(endpoint_url: str) -> Callable[[str], Any]:
    """`clients(url)("sqs")` is a boto3 client with all rights on the embedded AWS."""
    import boto3

    session = boto3.Session(*ROOT_USER.values(), region_name=REGION)
    return partial(session.client, endpoint_url=endpoint_url)


def program(*, port: int, state: Path) -> Program:
    """It answers on loopback only and keeps its state in the folder when it is stopped."""
    state.mkdir(parents=True, exist_ok=True)
    return Program(
        name="aws",
        title=f"the embedded AWS on port {port}",
        command=(sys.executable, "-m", "ministack"),
        environment=_environment(port, state),
        health_url=f"{endpoint(port)}/_ministack/health",
    )


def _environment(port: int, state: Path) -> dict[str, str]:
    """The functions inherit it: little else than what is named here reaches them, as on AWS."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    switches = {
        "AUTH": "true",
        "AWS_DEFAULT_REGION": REGION,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "STATE_DIR": str(state),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return inherited | ROOT_USER | switches
