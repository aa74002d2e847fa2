"""The same contract for the fakes and for DynamoDB: `stores` is either, `dynamodb` the real one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from threading import Lock
from typing import Any

import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from pynamodb.connection.base import Connection

from chalicelib.config import Settings
from chalicelib.storage import Storage, open_storage
from chalicelib.storage._connection import connect
from chalicelib.storage.tables import TABLES, Table
from tests import builders, fakes

_numbers = count()


@pytest.fixture(scope="package")
def connection() -> Iterator[Connection]:
    """One DynamoDB of moto and one client for all of these tests: making either is slow."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.setenv(name, "testing")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        environment.setattr(BotocoreStubber, "__call__", _one_at_a_time(BotocoreStubber.__call__))
        connection = connect(builders.settings().region)
        assert connection.client
        yield connection


def _one_at_a_time(answer: Any) -> Any:
    """DynamoDB checks a condition and writes in one step; moto does so only if nobody comes
    between."""
    lock = Lock()

    def answered(*call: Any, **more: Any) -> Any:
        with lock:
            return answer(*call, **more)

    return answered


@pytest.fixture
def settings() -> Settings:
    """Settings that name tables which no other test has."""
    number = next(_numbers)
    names = {table.setting: f"{table.setting}-{number}" for table in TABLES}
    return builders.settings(**names)


@pytest.fixture
def dynamodb(
    connection: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Storage:
    """The stores over empty tables."""
    for table in TABLES:
        connection.client.create_table(**definition(table, getattr(settings, table.setting)))
    monkeypatch.setattr("chalicelib.storage._open.connect", lambda *_: connection)
    return open_storage(settings, time.monotonic)


@pytest.fixture(params=["fakes", "dynamodb"])
def stores(request: pytest.FixtureRequest):
    if request.param == "dynamodb":
        return request.getfixturevalue("dynamodb")
    return fakes.stores()


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
