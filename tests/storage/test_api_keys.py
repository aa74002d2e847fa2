"""API keys in DynamoDB: found by hash, trusted for a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber
from msgspec.structs import replace
from pynamodb.exceptions import TransactWriteError

from chalicelib.core.access import ApiKey, Role
from chalicelib.storage.api_keys import ApiKeys
from tests import builders
from tests.builders import NOON
from tests.fakes import FakeApiKeys

HASH = "a" * 64
LATER = NOON + timedelta(hours=1)
_numbers = count()


@pytest.fixture
def table(connection):
    dynamodb = boto3.resource("dynamodb", region_name=builders.settings().region)
    return dynamodb.create_table(
        TableName=f"api-keys-{next(_numbers)}",
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
def keys(table, connection, seconds):
    return ApiKeys(table.name, connection, seconds)


@pytest.fixture(params=["fake", "dynamodb"])
def either(request):
    """The fake and the real one, which do the same."""
    return FakeApiKeys() if request.param == "fake" else request.getfixturevalue("keys")


def issue(table) -> None:
    """A row as the first release wrote it."""
    facts = {"key_id": "key-1", "name": "shop", "created_at": "2026-11-21T12:00:00+00:00"}
    table.put_item(Item={"key_hash": HASH} | facts)


def key(**facts) -> ApiKey:
    known = {"key_hash": HASH, "key_id": "key-1", "role": Role.ADMIN, "created_at": NOON}
    return ApiKey(**known | facts)


def test_key_of_the_first_release_is_an_admins_of_all_channels(table, keys):
    issue(table)
    assert keys.find(HASH) == key(name="shop")


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"role": Role.READ, "channels": ("1", "2"), "name": "Till"},
        {"rotated_at": LATER, "expires_at": LATER, "revoked_at": LATER},
    ],
)
def test_key_is_read_as_it_was_added(either, facts):
    either.add(key(**facts))
    assert either.find(HASH) == key(**facts)
    assert either.all() == (key(**facts),)


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


def test_rotation_puts_a_new_secret_in_place_of_the_old(either):
    new = key(key_hash="b" * 64, rotated_at=LATER)
    either.add(key())
    assert either.rotate(key(), new, LATER)
    assert set(either.all()) == {key(expires_at=LATER), new}


@pytest.mark.parametrize("facts", [{"expires_at": LATER}, {"revoked_at": LATER}])
def test_secret_that_is_the_one_no_more_is_not_rotated(either, facts):
    either.add(key(**facts))
    assert not either.rotate(key(), key(key_hash="b" * 64), LATER)
    assert either.all() == (key(**facts),)


def test_revocation_takes_all_secrets_of_a_key(either):
    old, new = key(expires_at=LATER), key(key_hash="b" * 64)
    either.add(old)
    either.add(new)
    assert either.revoke([old, new], NOON, None)
    assert {each.revoked_at for each in either.all()} == {NOON}


@pytest.mark.parametrize("facts", [{"expires_at": LATER}, {"revoked_at": LATER}])
def test_secret_that_changed_since_it_was_read_is_not_revoked(either, facts):
    either.add(key(**facts))
    assert not either.revoke([key()], NOON, None)
    assert either.all() == (key(**facts),)


@pytest.mark.parametrize("facts", [{"expires_at": LATER}, {"revoked_at": LATER}])
def test_nothing_is_revoked_when_the_witness_is_good_no_more(either, facts):
    witness = key(key_hash="b" * 64, key_id="key-2")
    either.add(key())
    either.add(replace(witness, **facts))
    assert not either.revoke([key()], NOON, witness)
    assert key() in either.all()


def test_two_keys_that_vouch_for_each_other_are_not_both_revoked(either):
    one, two = key(), key(key_hash="b" * 64, key_id="key-2")
    either.add(one)
    either.add(two)
    assert either.revoke([one], NOON, two)
    assert not either.revoke([two], NOON, one)


def test_key_revoked_here_ends_here_at_once(keys):
    keys.add(key())
    keys.find(HASH)
    keys.revoke([key()], NOON, None)
    assert keys.find(HASH).revoked_at == NOON


def test_secret_replaced_here_is_known_here_at_once(keys):
    keys.add(key())
    keys.find(HASH)
    keys.rotate(key(), key(key_hash="b" * 64), LATER)
    assert keys.find(HASH).expires_at == LATER


def test_f11_an_issue_whose_answer_was_lost_is_done(keys, monkeypatch):
    with _losing_the_first_answer(keys, monkeypatch):
        keys.add(key())
    assert keys.find(HASH) == key()


def test_f11_a_rotation_whose_answer_was_lost_is_done(keys, monkeypatch):
    keys.add(key())
    with _losing_the_first_answer(keys, monkeypatch):
        assert keys.rotate(key(), key(key_hash="b" * 64), LATER)
    assert keys.find(HASH).expires_at == LATER


def test_f11_a_revocation_whose_answer_was_lost_is_done(keys, monkeypatch):
    keys.add(key())
    with _losing_the_first_answer(keys, monkeypatch):
        assert keys.revoke([key()], NOON, None)
    assert keys.find(HASH).revoked_at == NOON


def test_failure_of_the_database_is_no_answer(keys):
    missing = ApiKeys("no-such-table", keys._connection)
    with pytest.raises(TransactWriteError):
        missing.rotate(key(), key(key_hash="b" * 64), LATER)


@contextmanager
def _losing_the_first_answer(keys, monkeypatch) -> Iterator[None]:
    lost: list[bytes] = []

    def send(request, event_name, **_):
        if not lost:
            lost.append(request.body)
            botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url="https://dynamodb.test")

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    events = keys._connection.client.meta.events
    events.register_first("before-send.dynamodb", send)
    yield
    events.unregister("before-send.dynamodb", send)
    assert lost
