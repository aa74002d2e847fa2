"""Digests of the ledger's hours: one for each hour, for ever."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core import digests
from chalicelib.core.digests import Line, Part
from tests.builders import CHANNEL

NOON = digests.made(CHANNEL, "2026-11-21T12", "", ("first",), 2)
LATER = digests.made(CHANNEL, "2026-11-21T13", NOON.hash, (), 0)
PART = Part("2026-11-21T12", (Line("conversation", "message", "who", ("one", "two")),))


def test_the_first_digest_of_an_hour_stays(stores):
    assert stores.digests.save(NOON)
    assert stores.digests.save(NOON)
    assert not stores.digests.save(replace(NOON, hash="another"))
    assert tuple(stores.digests.all(CHANNEL)) == (NOON,)


def test_digests_are_read_in_the_order_of_their_hours(stores):
    stores.digests.save(LATER)
    stores.digests.save(NOON)
    assert tuple(stores.digests.all(CHANNEL)) == (NOON, LATER)
    assert stores.digests.last(CHANNEL) == LATER


def test_a_channel_without_digests_has_no_last_one(stores):
    stores.digests.save(replace(NOON, channel_id="another"))
    assert stores.digests.last(CHANNEL) is None


def test_a_part_is_found_by_its_hash(stores):
    stores.digests.save_part(CHANNEL, NOON.hour, 0, "first", PART)
    assert stores.digests.part(CHANNEL, NOON.hour, 0, "first") == PART
    assert stores.digests.part(CHANNEL, NOON.hour, 0, "second") is None


def test_parts_are_not_taken_for_digests(stores):
    stores.digests.save_part(CHANNEL, NOON.hour, 0, "first", PART)
    assert tuple(stores.digests.all(CHANNEL)) == ()
