"""How often a contact may get notifications to many."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.frequency import NotificationCap, Slot, with_slot
from tests.builders import NOON

TWO_A_WEEK = NotificationCap(messages=2, days=7)


def slots(*days_ago: float) -> tuple[Slot, ...]:
    return tuple(Slot(f"hb-{ago}", NOON - timedelta(days=ago)) for ago in days_ago)


def test_a_contact_who_had_none_gets_one():
    assert with_slot((), "hb-new", TWO_A_WEEK, NOON) == (Slot("hb-new", NOON),)


def test_a_third_within_the_week_is_too_many():
    assert with_slot(slots(6.9, 1), "hb-new", TWO_A_WEEK, NOON) is None


def test_what_was_a_week_ago_to_the_second_counts_no_more():
    assert with_slot(slots(7, 1), "hb-new", TWO_A_WEEK, NOON) is not None


def test_the_same_attempt_is_counted_once():
    known = slots(2, 1)
    assert with_slot(known, "hb-1", TWO_A_WEEK, NOON) == known


def test_what_is_older_than_any_cap_is_forgotten():
    kept = with_slot(slots(91, 60), "hb-new", NotificationCap(messages=3, days=90), NOON)
    assert kept is not None
    assert [slot.attempt_id for slot in kept] == ["hb-60", "hb-new"]


@given(st.lists(st.integers(0, 20), max_size=40).map(sorted))
def test_no_stretch_of_days_ever_has_more_than_the_cap(days):
    known: tuple[Slot, ...] = ()
    for number, day in enumerate(days):
        known = with_slot(known, f"hb-{number}", TWO_A_WEEK, NOON + timedelta(days=day)) or known
    times = [slot.at for slot in known]
    within = [sum(at <= other < at + timedelta(days=7) for other in times) for at in times]
    assert max(within, default=0) <= TWO_A_WEEK.messages
