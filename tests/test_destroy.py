"""Taking a stage down: what is left of its stack is named, or deleted when that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from devtools import destroy

KEPT = {
    "MessagesTableName": "messages",
    "RatesTableName": "gone-with-the-stack",
    "QuarantineBucketName": "quarantine",
    "WebhookUrl": "https://there",
}
Clients = Callable[[str], Any]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """An account with what outlives a stack: a protected table, a bucket, secrets of two stages."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        session.client("dynamodb").create_table(
            TableName="messages",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
        )
        session.client("s3").create_bucket(Bucket="quarantine")
        session.client("s3").put_object(Bucket="quarantine", Key="quarantine/1", Body=b"{}")
        for name in ("/hearback/prod/app_secret", "/hearback/staging/app_secret"):
            session.client("ssm").put_parameter(Name=name, Value="x", Type="SecureString")
        yield session.client


def test_what_stays_is_named(clients: Clients) -> None:
    assert destroy.what_stays("prod", KEPT, clients)[1:] == [
        "  messages",
        "  quarantine",
        "  secrets below /hearback/prod/",
    ]


def test_tables_and_what_is_in_the_bucket_are_deleted(clients: Clients) -> None:
    destroy.delete_what_stays("prod", KEPT, clients)
    assert clients("dynamodb").list_tables()["TableNames"] == []
    assert clients("s3").list_buckets()["Buckets"] == []


def test_only_the_stages_own_secrets_are_deleted(clients: Clients) -> None:
    destroy.delete_what_stays("prod", KEPT, clients)
    left = clients("ssm").describe_parameters()["Parameters"]
    assert [each["Name"] for each in left] == ["/hearback/staging/app_secret"]
