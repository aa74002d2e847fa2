"""API keys: who gets in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from chalice.app import CaseInsensitiveMapping

from chalicelib.api.authentication import hash_of, is_authenticated
from chalicelib.ports import ApiKey
from tests.api.conftest import KEY, FakeApiKeys


@dataclass
class AnyKey:
    """A store gone wrong: it answers with a key that is another one."""

    def find(self, key_hash: str) -> ApiKey | None:
        return ApiKey(hash_of("another"), "key-2", "other")


def headers(authorization: str) -> CaseInsensitiveMapping:
    return CaseInsensitiveMapping({"authorization": authorization})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_issued_key_gets_in(scheme):
    assert is_authenticated(headers(f"{scheme} {KEY}"), FakeApiKeys())


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
    assert not is_authenticated(headers(authorization), FakeApiKeys())


def test_no_header_stays_out():
    assert not is_authenticated(CaseInsensitiveMapping({}), FakeApiKeys())


def test_revoked_key_stays_out():
    assert not is_authenticated(headers(f"Bearer {KEY}"), FakeApiKeys(keys=()))


def test_key_found_under_another_hash_stays_out():
    assert not is_authenticated(headers(f"Bearer {KEY}"), AnyKey())
