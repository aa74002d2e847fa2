"""A key may have been rotated more often than one transaction of DynamoDB has actions (100)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.access import ApiKey, Role
from chalicelib.usecases import api_keys
from tests import builders, fakes
from tests.builders import NOON
from tests.storage.test_api_keys import keys, seconds, table  # noqa: F401 - fixtures

ADMIN = ApiKey(key_hash="a" * 64, key_id="admin", role=Role.ADMIN, created_at=NOON)


@pytest.mark.parametrize("role", [Role.READ, Role.ADMIN])
def test_all_secrets_of_a_key_end(keys, role):  # noqa: F811
    rt = fakes.runtime(builders.channel())
    keys.add(ADMIN)
    till = ApiKey(key_hash="till", key_id="till", role=role, created_at=NOON)
    keys.add(till)
    for number in range(120):
        ends = NOON + timedelta(hours=1, seconds=number)
        keys.add(replace(till, key_hash=f"till-{number}", expires_at=ends))
    api_keys.revoke("till", ADMIN, keys, rt)
    assert [each.key_id for each in keys.all() if each.is_good(NOON)] == ["admin"]
