"""People with several keys on the real tables: the same stories as on the fakes."""

from __future__ import annotations

from dataclasses import fields

import pytest

from chalicelib.storage import Storage
from tests import fakes
from tests.usecases.people import (
    CHANNEL,
    P1,
    P2,
    U1,
    U2,
    after,
    at,
    got_number,
    id_of,
    leader,
    merged,
    replied,
    separated,
    wrote,
)

STORIES = {
    "first contact": [wrote(0, user=U1, phone=P1), wrote(3, phone=P1)],
    "known by phone": [wrote(0, phone=P1), replied(5, phone=P1), wrote(9, user=U1, phone=P1)],
    "new number": [
        wrote(0, user=U1, phone=P1),
        got_number(3, P1, P2),
        replied(6, phone=P2),
        wrote(9, user=U2, phone=P2),
    ],
    "by hand": [
        wrote(0, user=U1),
        wrote(3, user=U2),
        replied(5, user=U2),
        merged(20, U1, U2),
        wrote(22, user=U2),
        separated(30, U1, U2),
    ],
}
KEYS = (U1, U2, P1, P2)


def seen(rt) -> dict[str, object]:
    """What the stores say of everybody."""
    days = {CHANNEL.local_day(at(0))}
    known = [key for key in KEYS if rt.conversations.load(id_of(key))]
    return {
        "leaders": {key: leader(rt, key) for key in known},
        "rows": [rt.conversations.load(id_of(key), is_fresh=True) for key in known],
        "own": [rt.conversations.own(id_of(key)) for key in known],
        "links": [rt.conversations.links(id_of(key)) for key in known],
        "waits": [rt.waits.of_conversation(CHANNEL.channel_id, id_of(key), days) for key in known],
        "waiting": rt.conversations.waiting(CHANNEL.channel_id, cursor=None, limit=9).items,
        "newest": rt.conversations.newest(CHANNEL.channel_id, cursor=None, limit=9).items,
        "histories": [rt.messages.history(id_of(key)) for key in known],
    }


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_people_are_joined_on_the_real_tables_as_on_the_fakes(dynamodb: Storage, story) -> None:
    stores = {each.name: getattr(dynamodb, each.name) for each in fields(Storage)}
    stores["channels"] = fakes.FakeChannels(CHANNEL)
    real = fakes.runtime(CHANNEL, now=at(60), **stores)
    assert seen(after(story, real)) == seen(after(story))
