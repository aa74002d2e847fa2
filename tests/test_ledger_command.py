"""The command that verifies the ledger says in words what it found."""

from __future__ import annotations

import pytest

from chalicelib.core import digests
from devtools import ledger
from devtools.verify_ledger import Difference, Verified
from tests import builders, fakes
from tests.builders import CHANNEL

LAST = digests.made(CHANNEL, "2026-11-21T12", "", (), 0)


def told(found: Verified, *, anchor: bool = False) -> list[str]:
    return list(ledger.lines(CHANNEL, found, anchor=anchor))


def test_a_channel_as_it_was_digested():
    assert told(Verified(4, 12, LAST, None)) == [f"{CHANNEL}: 4 hours, 12 rows: as it was digested"]


def test_the_hour_and_the_row_that_differ_are_named():
    changed = Difference(
        hour="2026-11-21T13", what="changed", conversation_id="conversation", message_id="hb-1"
    )
    assert told(Verified(1, 3, LAST, changed)) == [
        f"{CHANNEL}: 1 hours, 3 rows: DIFFERS: hour 2026-11-21T13, conversation conversation, "
        "message hb-1: changed"
    ]


def test_the_anchor_is_the_last_digest():
    line = told(Verified(1, 0, LAST, None), anchor=True)[-1]
    assert line == f"anchor {CHANNEL} 2026-11-21T12 {LAST.hash}"


def test_every_channel_is_verified():
    rt = fakes.runtime(builders.channel(), builders.channel(channel_id="2"))
    found = ledger.verify(rt.channels.all(), rt)
    assert {each: verified.hours for each, verified in found.items()} == {CHANNEL: 0, "2": 0}


def test_a_channel_that_is_not_there_is_refused():
    rt = fakes.runtime(builders.channel())
    with pytest.raises(ledger.UsageError, match="no channel 404"):
        ledger._channels("404", rt)
