"""F04: whatever is told of one person's keys, in whatever order, ends in one history."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.usecases.people import (
    P1,
    P2,
    U1,
    U2,
    U3,
    Tell,
    after,
    got_number,
    got_user_id,
    merged,
    replied,
    separated,
    state,
    wrote,
)

STORIES: dict[str, list[Tell]] = {
    "known by phone": [wrote(0, phone=P1), replied(5, phone=P1), wrote(9, user=U1, phone=P1)],
    "phone hidden later": [wrote(0, user=U1, phone=P1), wrote(5, user=U1), replied(7, phone=P1)],
    "new number": [
        wrote(0, user=U1, phone=P1),
        got_number(3, P1, P2),
        replied(6, phone=P2),
        wrote(9, user=U2, phone=P2),
    ],
    "new user id": [
        wrote(0, user=U1),
        replied(2, user=U1),
        got_user_id(5, U1, U2),
        wrote(9, user=U2),
    ],
    "everything new": [
        wrote(0, phone=P1),
        wrote(2, user=U1, phone=P1),
        got_number(3, P1, P2, user=U2),
        wrote(9, user=U2),
    ],
    "number given to somebody else": [
        wrote(0, user=U1, phone=P1),
        replied(2, user=U1),
        wrote(9, user=U3, phone=P1),
        replied(12, user=U3),
    ],
    "separated by hand": [
        wrote(0, phone=P1),
        wrote(4, user=U1, phone=P1),
        replied(6, user=U1),
        separated(20, U1, P1),
    ],
    "answered at once, then separated": [
        wrote(0, phone=P1),
        replied(0, user=U1, phone=P1),
        separated(20, U1, P1),
    ],
    "merged by hand": [
        wrote(0, user=U1),
        wrote(3, user=U3),
        replied(5, user=U3),
        merged(20, U1, U3),
    ],
    "merged and separated": [
        wrote(0, user=U1),
        wrote(3, user=U3),
        merged(20, U1, U3),
        separated(30, U1, U3),
    ],
}


def test_f01_what_a_resting_key_thought_of_an_answer_does_not_come_back() -> None:
    moved_number, moved_id = got_number(3, P1, P2), got_user_id(3, U1, U2)
    asked, answered = wrote(2, user=U2), replied(2, user=U2, phone=P1)
    first = state(after([asked, answered, moved_id, moved_number]))
    assert state(after([moved_number, answered, moved_id, asked, moved_id])) == first


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_f04_every_order_of_what_is_told_of_a_person_ends_in_one_state(story: list[Tell]) -> None:
    first = state(after(story))
    assert all(state(after(order)) == first for order in permutations(story))


users = st.sampled_from([None, U1, U2])
phones = st.sampled_from([None, P1, P2])
minutes = st.integers(0, 30)
tellings = st.one_of(
    st.builds(
        lambda tell, minute, who: (
            f"{tell.__name__} {minute}",
            tell(minute, user=who[0], phone=who[1]),
        ),
        st.sampled_from([wrote, replied]),
        minutes,
        st.tuples(users, phones).filter(any),
    ),
    minutes.map(lambda minute: (f"number {minute}", got_number(minute, P1, P2))),
    minutes.map(lambda minute: (f"user id {minute}", got_user_id(minute, U1, U2))),
    st.builds(
        lambda do, minute, pair: (f"{do.__name__} {pair} {minute}", do(minute, *pair)),
        st.sampled_from([merged, separated]),
        minutes,
        st.sampled_from([(U1, P1), (U1, U2), (P1, P2)]),
    ),
)
stories = st.lists(tellings, min_size=2, max_size=6, unique_by=lambda told: told[0])


@given(stories.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told * 2))))
@settings(max_examples=300, deadline=None)
def test_f01_f04_any_order_and_repetition_ends_in_one_state(pair: tuple[list, list]) -> None:
    once, shuffled = pair
    one, other = state(after(t for _, t in once)), state(after(t for _, t in shuffled))
    assert one == other
