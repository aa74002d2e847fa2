"""API keys in DynamoDB: found by hash, trusted for a minute."""

from __future__ import annotations

import boto3
import pytest

from chalicelib.core.access import ApiKey, Role
from chalicelib.storage._connection import connect
from chalicelib.storage.api_keys import ApiKeys
from tests import builders

HASH = "a" * 64


@pytest.fixture
def table(aws, settings):
    dynamodb = boto3.resource("dynamodb", region_name=settings.region)
    return dynamodb.create_table(
        TableName=settings.api_keys_table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "key_hash", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key_hash", "AttributeType": "S"}],
    )


class Seconds:
    """A stopwatch that stands until it is moved."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def keys(table, seconds):
    return ApiKeys(table.name, connect(builders.settings().region), seconds)


def issue(table) -> None:
    facts = {"key_id": "key-1", "name": "shop", "role": "admin", "created_at": "2026-11-21T12:00Z"}
    table.put_item(Item={"key_hash": HASH} | facts)


def test_issued_key_is_found_by_its_hash(table, keys):
    issue(table)
    assert keys.find(HASH) == ApiKey(key_hash=HASH, key_id="key-1", name="shop", role=Role.ADMIN)


def test_key_that_we_did_not_issue_is_not_found(keys):
    assert keys.find(HASH) is None


def test_key_issued_after_it_was_asked_for_works_at_once(table, keys):
    keys.find(HASH)
    issue(table)
    assert keys.find(HASH) is not None


@pytest.mark.parametrize(("later", "is_found"), [(59.9, True), (60, False)])
def test_key_taken_back_works_for_less_than_a_minute(table, keys, seconds, later, is_found):
    issue(table)
    keys.find(HASH)
    table.delete_item(Key={"key_hash": HASH})
    seconds.at += later
    assert (keys.find(HASH) is not None) is is_found


def test_use_does_not_prolong_the_trust(table, keys, seconds):
    issue(table)
    keys.find(HASH)
    table.delete_item(Key={"key_hash": HASH})
    seconds.at += 40
    keys.find(HASH)
    seconds.at += 40
    assert keys.find(HASH) is None
