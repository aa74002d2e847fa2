"""Roles and channel scopes of API keys."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.core.access import ApiKey, Role, newest
from tests.builders import NOON


def key(**facts) -> ApiKey:
    return ApiKey(**{"key_hash": "a", "key_id": "1", "role": Role.ADMIN} | facts)


@pytest.mark.parametrize(
    ("role", "includes"),
    [
        (Role.READ, {"read"}),
        (Role.AGENT, {"read", "agent"}),
        (Role.ADMIN, {"read", "agent", "admin"}),
    ],
)
def test_a_role_includes_the_ones_before_it(role, includes):
    assert {other for other in Role if role.includes(other)} == includes


@pytest.mark.parametrize(("channels", "sees"), [(None, True), (("1", "2"), True), (("2",), False)])
def test_a_key_sees_its_channels(channels, sees):
    assert key(channels=channels).sees("1") is sees


@pytest.mark.parametrize(
    ("own", "others", "sees"),
    [
        (None, None, True),
        (None, ("1",), True),
        (("1",), None, False),
        (("1", "2"), ("2",), True),
        (("1",), ("1", "2"), False),
    ],
)
def test_a_key_sees_all_of_what_is_within_its_scope(own, others, sees):
    assert key(channels=own).sees_all(others) is sees


@pytest.mark.parametrize(
    ("facts", "is_master"),
    [({}, True), ({"role": Role.AGENT}, False), ({"channels": ("1",)}, False)],
)
def test_a_master_is_an_admin_of_all_channels(facts, is_master):
    assert key(**facts).is_master is is_master


SECRETS = (
    key(key_hash="old", created_at=NOON, expires_at=NOON),
    key(key_hash="new", created_at=NOON, rotated_at=NOON),
    key(key_hash="b", key_id="0", created_at=NOON + timedelta(hours=1)),
    key(key_hash="c", key_id="9"),  # of the first release: undated
)


@pytest.mark.parametrize("secrets", [*permutations(SECRETS)])
def test_of_each_key_the_secret_that_is_good_counts_the_oldest_key_first(secrets):
    assert [each.key_hash for each in newest(secrets).values()] == ["c", "new", "b"]
