"""API keys: who gets in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from chalice.app import CaseInsensitiveMapping

from chalicelib.api.authentication import caller, hash_of
from chalicelib.core.access import ApiKey, Role
from tests.api.conftest import KEY, FakeApiKeys
from tests.builders import NOON


@dataclass
class AnyKey:
    """A store gone wrong: it answers with a key that is another one."""

    def find(self, key_hash: str) -> ApiKey | None:
        return ApiKey(key_hash=hash_of("another"), key_id="key-2", role=Role.ADMIN)


def headers(authorization: str) -> CaseInsensitiveMapping:
    return CaseInsensitiveMapping({"authorization": authorization})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_issued_key_gets_in(scheme):
    assert caller(headers(f"{scheme} {KEY}"), FakeApiKeys(), NOON)


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
    assert not caller(headers(authorization), FakeApiKeys(), NOON)


def test_no_header_stays_out():
    assert not caller(CaseInsensitiveMapping({}), FakeApiKeys(), NOON)


def test_revoked_key_stays_out():
    assert not caller(headers(f"Bearer {KEY}"), FakeApiKeys(keys=()), NOON)


def test_key_found_under_another_hash_stays_out():
    assert not caller(headers(f"Bearer {KEY}"), AnyKey(), NOON)
