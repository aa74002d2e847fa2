"""The contract of storage once more, on the embedded AWS: moto accepts what AWS refuses."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from pynamodb.connection.base import Connection

from chalicelib.storage import Storage
from chalicelib.storage._connection import connect
from devtools.local_aws import ministack
from tests.e2e.shop import Shop
from tests.storage import (
    conftest,
    test_channels,
    test_conversations,
    test_listings,
    test_messages,
    test_opt_ins,
    test_rates,
    test_readings,
    test_sends,
    test_waits,
)

pytestmark = pytest.mark.e2e

settings, dynamodb = conftest.settings, conftest.dynamodb


@pytest.fixture(scope="module")
def connection(running: Shop) -> Any:
    """A client of the embedded AWS, made by the product's own hands."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", running.stack.aws_endpoint_url)
        for name, value in ministack.ROOT_USER.items():
            environment.setenv(name, value)
        environment.delenv("AWS_SESSION_TOKEN", raising=False)
        known: Connection = connect(ministack.REGION)
        assert known.client
        yield known


@pytest.fixture
def stores(dynamodb: Storage) -> Storage:
    return dynamodb


def contract(module: ModuleType) -> type:
    """The tests of a module, to be run here with the fixtures of here."""
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    assert tests
    return type("Contract", (), {name: staticmethod(test) for name, test in tests.items()})


TestChannels = contract(test_channels)
TestConversations = contract(test_conversations)
TestListings = contract(test_listings)
TestMessages = contract(test_messages)
TestOptIns = contract(test_opt_ins)
TestRates = contract(test_rates)
TestReadings = contract(test_readings)
TestSends = contract(test_sends)
TestWaits = contract(test_waits)


@pytest.mark.parametrize("attempt", range(5))
def test_f16_eight_containers_at_once_share_the_burst(dynamodb: Storage, attempt: int) -> None:
    assert test_rates.in_threads(dynamodb.rates, rounds=200) == test_rates.LIMIT.burst
