"""A schedule's rule calls its function at its time, without anybody's hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.e2e.shop import PAGE, Shop, new_contact

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS = 150  # it may have gone a moment ago: then again after a minute


@pytest.fixture
def every_minute(shop: Shop) -> Iterator[Shop]:
    """The minute schedule runs; the other tests call it by hand."""
    (rule,) = (each for each in shop.schedules() if "SendDue" in each)
    shop.aws("events").enable_rule(Name=rule)
    yield shop
    shop.aws("events").disable_rule(Name=rule)


def test_what_is_due_goes_out_by_itself(shop: Shop, request: pytest.FixtureRequest) -> None:
    contact = new_contact()
    shop.fails(kind="error", code=2, status=500, match={"recipient": contact})
    shop.customer_writes(PAGE, contact)
    assert (state_of_reply(shop, contact), shop.calls(contact)) == ("planned", [])
    shop.go_to(shop.now() + timedelta(minutes=2))
    request.getfixturevalue("every_minute")
    ends = time.monotonic() + PATIENCE_SECONDS
    while not shop.calls(contact):
        assert time.monotonic() < ends
        time.sleep(0.2)
    shop.settle()
    assert (state_of_reply(shop, contact), len(shop.calls(contact))) == ("sent", 1)


def state_of_reply(shop: Shop, contact: str) -> str:
    (reply,) = shop.messages(PAGE, contact)[1:]
    return str(reply["state"])
