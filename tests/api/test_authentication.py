"""API keys: who gets in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from chalice.app import CaseInsensitiveMapping

from chalicelib.api.authentication import caller
from chalicelib.core.access import ApiKey, Role, hash_of
from tests.api.conftest import KEY, issued
from tests.builders import NOON
from tests.fakes import FakeApiKeys


@dataclass
class AnyKey:
    """A store gone wrong: it answers with a key that is another one."""

    def find(self, key_hash: str) -> ApiKey | None:
        return ApiKey(key_hash=hash_of("another"), key_id="key-2", role=Role.ADMIN)


def headers(authorization: str) -> CaseInsensitiveMapping:
    return CaseInsensitiveMapping({"authorization": authorization})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_issued_key_gets_in(scheme):
    assert caller(headers(f"{scheme} {KEY}"), issued(), NOON)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        KEY,
        "Bearer",
        "Bearer ",
        "Bearer another",
        f"Bearer  {KEY}",
        f"Bearer {KEY} ",
        f"Bearer {KEY}\n",
        f"Basic {KEY}",
        f"Bearer {KEY.upper()}",
        f"Bearer {hash_of(KEY)}",
        "Bearer ключ",
        "Bearer " + "x" * 10_000,
    ],
)
def test_everything_else_stays_out(authorization):
    assert not caller(headers(authorization), issued(), NOON)


def test_no_header_stays_out():
    assert not caller(CaseInsensitiveMapping({}), issued(), NOON)


def test_key_that_we_did_not_issue_stays_out():
    assert not caller(headers(f"Bearer {KEY}"), FakeApiKeys(), NOON)


def test_revoked_key_stays_out():
    assert not caller(headers(f"Bearer {KEY}"), issued(revoked_at=NOON), NOON)


@pytest.mark.parametrize(("seconds", "is_in"), [(1, True), (0, False), (-1, False)])
def test_replaced_secret_gets_in_until_its_grace_ends(seconds, is_in):
    keys = issued(expires_at=NOON + timedelta(seconds=seconds))
    assert bool(caller(headers(f"Bearer {KEY}"), keys, NOON)) is is_in


def test_key_found_under_another_hash_stays_out():
    assert not caller(headers(f"Bearer {KEY}"), AnyKey(), NOON)
