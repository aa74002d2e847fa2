"""Who handles a conversation: calls for a person, rest, closing, misses, tags."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core import handling as changes
from chalicelib.core.handling import Handling
from tests.builders import NOON, conversation

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CALLED = Handling(
    needs_person_since=NOON, why="asked", handed_over_at=NOON, rests_until=NOON + 24 * HOUR
)


def call(handling: Handling, at=NOON, rests_for=24 * HOUR, why="asked") -> Handling:
    return changes.handed_over(handling, at=at, why=why, rests_for=rests_for)


def test_a_call_flags_the_conversation_and_lets_automation_rest():
    assert call(Handling()) == CALLED


def test_the_same_call_again_changes_nothing():
    assert call(CALLED) == CALLED


def test_a_second_call_during_the_rest_keeps_how_long_it_is_needed():
    assert call(CALLED, NOON + HOUR) == CALLED


def test_after_a_persons_answer_a_new_call_flags_it_again():
    answered = changes.answered(CALLED, NOON + MINUTE)
    again = call(answered, NOON + HOUR)
    assert (again.needs_person_since, again.handed_over_at) == (NOON + HOUR, NOON)


def test_the_same_call_told_again_after_a_persons_answer_does_not():
    answered = changes.answered(CALLED, NOON + MINUTE)
    assert call(answered) == answered


def test_a_call_from_before_it_was_closed_comes_too_late():
    closed = changes.closed(Handling(), at=NOON + HOUR, by="Mia")
    assert call(closed) == closed


@pytest.mark.parametrize(
    ("after", "rests"),
    [
        (timedelta(), False),
        (timedelta(microseconds=1), True),
        (24 * HOUR - timedelta(microseconds=1), True),
        (24 * HOUR, False),
    ],
)
def test_automation_rests_for_what_comes_after_the_call_until_its_time(after, rests):
    assert changes.rests(CALLED, NOON + after) is rests


def test_without_a_time_it_rests_until_the_conversation_is_closed():
    without = call(Handling(), rests_for=None)
    closed = changes.closed(without, at=NOON + HOUR, by="Mia")
    month = NOON + timedelta(days=30)
    assert (changes.rests(without, month), changes.rests(closed, month)) == (True, False)


def test_nobody_rests_where_nobody_handled():
    assert not changes.rests(None, NOON)


@pytest.mark.parametrize("after", [-MINUTE, 23 * HOUR])
def test_until_the_rest_is_over_it_stands_as_it_is(after):
    assert changes.settled(CALLED, NOON + after) == CALLED


def test_after_the_rest_automation_begins_anew_and_the_call_stays():
    missed = changes.missed(CALLED, "event-1")
    after = changes.settled(missed, NOON + 24 * HOUR)
    assert (after.handed_over_at, after.misses, after.needs_person_since) == (None, (), NOON)


def test_an_answer_from_before_the_call_is_none():
    assert changes.answered(CALLED, NOON - MINUTE) == CALLED


def test_taken_back_nothing_of_the_call_is_left_and_the_tags_stay():
    tagged = changes.tagged(CALLED, "vip")
    assert changes.taken_back(tagged) == Handling(tags=("vip",))


@pytest.mark.parametrize(
    ("last", "is_closed"), [(None, True), (NOON, True), (NOON + MINUTE, False)]
)
def test_a_later_message_of_the_customer_opens_it_again(last, is_closed):
    closed = changes.closed(Handling(), at=NOON, by="Mia")
    assert changes.is_closed(closed, conversation(last_customer_at=last)) is is_closed


def test_a_conversation_that_nobody_closed_is_open():
    assert not changes.is_closed(Handling(), conversation())


def test_misses_in_a_row_are_counted_each_once_and_without_the_input_at_hand():
    known = changes.missed(changes.missed(changes.missed(Handling(), "a"), "b"), "b")
    counted = [changes.misses_before(known, event) for event in ("a", "b", "c")]
    assert counted == [1, 1, 2]


def test_what_is_understood_ends_the_row():
    assert changes.understood(changes.missed(Handling(), "a")) == Handling()


def test_tags_are_kept_once_and_no_more_than_twenty():
    known = changes.tagged(Handling(tags=("vip",)), "returns", "vip")
    full = changes.tagged(known, *map(str, range(50)))
    assert (known.tags, len(full.tags)) == (("vip", "returns"), 20)


def test_tags_that_a_full_conversation_has_no_place_for_are_named():
    full = changes.tagged(Handling(), *map(str, range(20)))
    assert changes.without_place(full, "vip", "3", "vip") == ("vip",)
    assert changes.without_place(Handling(), "vip") == ()


def test_of_two_scores_the_later_stays_in_whatever_order_they_come():
    first = changes.scored(Handling(), "csat:2", NOON)
    later = changes.scored(first, "csat:5", NOON + HOUR)
    assert changes.scored(later, "csat:2", NOON) == later
    assert later.score == "csat:5"
