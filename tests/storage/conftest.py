"""The same contract for the fakes and for DynamoDB: `stores` is either, `dynamodb` the real one."""

from __future__ import annotations

from types import SimpleNamespace

import boto3
import pytest

from chalicelib.storage import Storage, open_storage
from chalicelib.storage.tables import TABLES, Table
from tests import builders, fakes


@pytest.fixture
def dynamodb(aws: None) -> Storage:
    """The stores over empty tables of moto."""
    settings = builders.settings()
    client = boto3.client("dynamodb", region_name=settings.region)
    for table in TABLES:
        client.create_table(**definition(table, getattr(settings, table.setting)))
    return open_storage(settings)


@pytest.fixture(params=["fakes", "dynamodb"])
def stores(request: pytest.FixtureRequest):
    if request.param == "dynamodb":
        return request.getfixturevalue("dynamodb")
    return SimpleNamespace(
        conversations=fakes.FakeConversations(),
        messages=fakes.FakeMessages(),
        waits=fakes.FakeWaits(),
        channels=fakes.FakeChannels(),
        opt_ins=fakes.FakeOptIns(),
        readings=fakes.FakeReadings(),
    )


def definition(table: Table, name: str) -> dict:
    """What CreateTable wants."""
    indexes = [
        {
            "IndexName": index.name,
            "KeySchema": _key_schema(index.partition, index.sort),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for index in table.indexes
    ]
    named = {table.partition, table.sort} - {None}
    named |= {key for index in table.indexes for key in (index.partition, index.sort)}
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(table.partition, table.sort),
        "AttributeDefinitions": [
            {"AttributeName": each, "AttributeType": "S"} for each in sorted(named)
        ],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _key_schema(partition: str, sort: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])
