"""The embedded AWS: MiniStack on a loopback port, with IAM enforced and its state in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devtools.local_aws import processes

REGION = "us-east-1"
# Known to MiniStack as the account's root: https://pypi.org/project/ministack/1.5.33/ (AUTH)
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def start(*, port: int, state: Path, log: Path, is_attached: bool) -> subprocess.Popen[bytes]:
    """Start it and wait until it answers."""
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ministack"]
    process = processes.start(
        command, log=log, environment=_environment(port, state), cwd=state, is_attached=is_attached
    )
    processes.wait_until_up(process, health_url(port), log)
    return process


def health_url(port: int) -> str:
    return f"{endpoint(port)}/_ministack/health"


def endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def clients(port: int) -> Any:
    """`clients("sqs")` is a boto3 client with all rights on the embedded AWS."""
    import boto3

    session = boto3.Session("test", "test", region_name=REGION)
    return lambda service: session.client(service, endpoint_url=endpoint(port))


def _environment(port: int, state: Path) -> Mapping[str, str]:
    """Little else than what is named here reaches the functions, as on AWS."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    return (
        kept
        | CREDENTIALS
        | {
            "AWS_DEFAULT_REGION": REGION,
            "AUTH": "true",
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
    )
