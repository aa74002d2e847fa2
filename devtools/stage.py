"""What deploying and destroying a stage on AWS share."""

from __future__ import annotations

import re
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")
AWS_ERRORS = (BotoCoreError, ClientError)


class UsageError(Exception):
    """The command cannot be done as it was given; the message says what to give."""


def stack_name(stage: str) -> str:
    """Raises UsageError for a stage that cannot be on AWS."""
    if not STAGE.fullmatch(stage):
        raise UsageError("Say which stage: STAGE=prod (small letters, digits and -, at most 20).")
    if stage == "local":
        raise UsageError("Stage local is the one of `make up`; choose another name.")
    return f"hearback-{stage}"


def open_session() -> tuple[boto3.Session, str]:
    """The session of the environment and its account's id. Raises UsageError."""
    session = boto3.Session()
    try:
        account: str = session.client("sts").get_caller_identity()["Account"]
    except (NoCredentialsError, NoRegionError) as error:
        raise UsageError(
            f"{str(error).rstrip('.')}. See docs/operations.md, credentials."
        ) from error
    return session, account


def exists(read: Any, **key: Any) -> bool:
    """Does the reading call find what it names?"""
    try:
        read(**key)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("404", "NoSuchBucket", "ParameterNotFound", "ResourceNotFoundException"):
            return False
        raise
    return True
