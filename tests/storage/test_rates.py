"""Contract of Rates: what all containers together may send."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.core.messages import Origin
from chalicelib.core.rate_limits import BATCH, Ask, ask_for, divided, free_at
from tests import fakes
from tests.builders import CHANNEL, NOON

LIMIT = divided(CHANNEL, 300, 50)
ASK = ask_for(LIMIT, Origin.PERSON, 1.0)
SOON = NOON + timedelta(seconds=30)


def leased(stores, at=NOON, ask: Ask = ASK) -> int:
    return stores.rates.lease(ask, at).tokens


def drained(stores, at=NOON) -> int:
    return sum(leased(stores, at) for _ in range(LIMIT.burst))


def elsewhere(store):
    """The same rows, as another container sees them."""
    return store if isinstance(store, fakes.FakeRates) else type(store)(store._item)


def test_a_lease_is_several_tokens(stores):
    assert leased(stores) == BATCH


def test_no_more_is_leased_at_once_than_the_burst(stores):
    assert drained(stores) == LIMIT.burst


def test_a_token_comes_back_with_its_interval(stores):
    drained(stores)
    assert leased(stores, NOON + LIMIT.interval - timedelta(microseconds=1)) == 0
    assert leased(stores, NOON + LIMIT.interval) == 1


def test_who_finds_no_token_is_told_when_to_ask_again(stores):
    drained(stores)
    until = free_at(ASK, stores.rates.lease(ASK, NOON).shared, NOON)
    assert until == NOON + BATCH * LIMIT.interval
    assert leased(stores, until) == BATCH


def test_a_long_silence_brings_no_more_than_the_burst(stores):
    drained(stores)
    assert drained(stores, NOON + timedelta(days=30)) == LIMIT.burst


def test_other_containers_find_what_is_left(stores):
    leased(stores)
    other = elsewhere(stores.rates)
    found = sum(other.lease(ASK, NOON).tokens for _ in range(LIMIT.burst))
    assert found == LIMIT.burst - BATCH


def test_containers_that_know_old_rows_take_no_token_twice(stores):
    containers = [elsewhere(stores.rates) for _ in range(4)]
    found = [each.lease(ASK, NOON).tokens for _ in range(LIMIT.burst) for each in containers]
    assert sum(found) == LIMIT.burst


@pytest.mark.parametrize("origin", Origin)
def test_a_limit_of_one_token_has_it_for_everybody(stores, origin):
    one = divided(CHANNEL, 1, 50)
    assert leased(stores, ask=ask_for(one, origin, 1.0)) == 1


def test_campaigns_leave_tokens_for_automations_and_those_for_people(stores):
    taken = [
        sum(leased(stores, ask=ask_for(LIMIT, origin, 1.0)) for _ in range(LIMIT.burst))
        for origin in (Origin.CAMPAIGN, Origin.AUTOMATION, Origin.PERSON)
    ]
    assert min(taken) > 0
    assert sum(taken) == LIMIT.burst


def test_a_pause_stops_the_leases_of_all(stores):
    stores.rates.pause(CHANNEL, SOON)
    grant = elsewhere(stores.rates).lease(ASK, NOON)
    assert (grant.tokens, grant.shared.paused_until) == (0, SOON)


def test_after_the_pause_there_are_tokens(stores):
    stores.rates.pause(CHANNEL, SOON)
    assert leased(stores, SOON) == BATCH


def test_of_two_pauses_the_longer_one_counts(stores):
    stores.rates.pause(CHANNEL, SOON)
    stores.rates.pause(CHANNEL, NOON)
    assert stores.rates.lease(ASK, NOON).shared.paused_until == SOON


def test_who_leases_hears_of_a_slowdown(stores):
    stores.rates.slow_down(CHANNEL, 0.25, SOON)
    shared = elsewhere(stores.rates).lease(ASK, NOON).shared
    assert (shared.share, shared.slow_until) == (0.25, SOON)


def test_channels_have_rows_of_their_own(stores):
    drained(stores)
    assert leased(stores, ask=ask_for(divided("other", 300, 50), Origin.PERSON, 1.0)) == BATCH


def in_threads(rates, *, threads: int = 8, rounds: int = LIMIT.burst) -> int:
    """The tokens that as many containers get who all lease at once."""
    containers = [elsewhere(rates) for _ in range(threads)]

    def all_they_get(container) -> int:
        return sum(container.lease(ASK, NOON).tokens for _ in range(rounds))

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(all_they_get, containers))


def test_eight_containers_at_once_share_the_burst():
    """Of the real store on the embedded AWS only (tests/e2e): moto's conditions race."""
    assert in_threads(fakes.FakeRates()) == LIMIT.burst


def test_a_known_shortage_costs_no_write(dynamodb, monkeypatch):
    drained(dynamodb)
    monkeypatch.setattr(dynamodb.rates, "_item", None)
    assert leased(dynamodb) == 0
