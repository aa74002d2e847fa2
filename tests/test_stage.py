"""The account that a command works in: what is said where the environment names none."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import NoCredentialsError, NoRegionError

from devtools import stage


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (NoCredentialsError(), "Unable to locate credentials."),
        (NoRegionError(), "You must specify a region."),
    ],
)
def test_what_the_environment_lacks_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, missing: Exception, said: str
) -> None:
    def client(_session: boto3.Session, _service: str) -> None:
        raise missing

    monkeypatch.setattr(boto3.Session, "client", client)
    with pytest.raises(stage.UsageError) as refused:
        stage.open_session()
    assert str(refused.value) == f"{said} See docs/operations.md, credentials."
