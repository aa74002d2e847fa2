"""Contract of Waits."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import CHANNEL, NOON, TODAY, wait


def test_closed_waits_of_a_day_come_oldest_first(stores):
    told = [
        wait(conversation_id=f"conversation-{n}", opened_at=NOON + timedelta(microseconds=9 - n))
        for n in range(9)
    ]
    for each in told:
        stores.waits.record(each)
    stores.waits.record(wait(day="2026-11-20"))
    stores.waits.record(wait(channel_id="another"))
    assert stores.waits.of_day(CHANNEL, TODAY) == tuple(reversed(told))


def test_a_wait_recorded_again_is_overwritten(stores):
    stores.waits.record(wait())
    stores.waits.record(wait(answered_by="person_native"))
    assert stores.waits.of_day(CHANNEL, TODAY) == (wait(answered_by="person_native"),)


def test_a_wait_knows_who_answered(stores):
    stores.waits.record(wait(answered_name="Ayşe"))
    assert stores.waits.of_day(CHANNEL, TODAY) == (wait(answered_name="Ayşe"),)


def test_a_conversation_may_wait_twice_a_day(stores):
    for opened_at in (NOON, NOON + timedelta(hours=1)):
        stores.waits.record(wait(opened_at=opened_at))
    assert len(stores.waits.of_day(CHANNEL, TODAY)) == 2


def test_a_removed_wait_is_gone(stores):
    stores.waits.record(wait())
    stores.waits.remove(wait(answered_at=None, answered_by=None))
    assert stores.waits.of_day(CHANNEL, TODAY) == ()


def test_removing_an_unknown_wait_is_nothing(stores):
    stores.waits.remove(wait())
    assert stores.waits.of_day(CHANNEL, TODAY) == ()
