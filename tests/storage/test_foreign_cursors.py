"""A cursor that somebody made up never reaches DynamoDB as a key that it refuses: 400, not 500.

Keys of DynamoDB: 1 to 2048 bytes of a partition, 1 to 1024 of a sort key (developer guide,
"Constraints", read 2026-11-22).
"""

from __future__ import annotations

import pytest

from chalicelib.core.messages import State
from chalicelib.storage import Storage, _cursor
from tests.builders import CHANNEL

LONG = "1" * 1500


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("part", ["", LONG])
def test_a_place_in_the_failed_sends_that_no_key_can_have(dynamodb: Storage, place, part):
    position = ["1795262400000000", "c" * 22, "hb-1"]
    position[place] = part
    with pytest.raises(ValueError, match="cursor"):
        dynamodb.messages.gone_wrong(CHANNEL, State.FAILED, cursor=_cursor.pack(position), limit=5)


def test_a_day_that_no_key_can_have(dynamodb: Storage):
    cursor = _cursor.pack([LONG, 1, []])
    with pytest.raises(ValueError, match="cursor"):
        dynamodb.conversations.newest(CHANNEL, cursor=cursor, limit=5)
