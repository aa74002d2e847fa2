"""What a look into the platform's conversation tells about an unknown send."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.events import Attachment
from chalicelib.core.looking import (
    NOT_DELIVERED,
    NOT_FOUND_OUT,
    NOT_SEEN_YET,
    Conclusion,
    Look,
    Written,
    conclude,
)
from chalicelib.core.messages import Message, MessageKind, State
from tests.builders import NOON, our_message

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
AT = NOON + SECOND  # of the claim
SAYS = "We are closed now."
NOBODY = frozenset[str]()


def unknown(**facts) -> Message:
    known = {"state": State.UNKNOWN, "failure": "ambiguous_no_answer", "lease_until": None}
    return our_message(**(known | facts))


def written(after: timedelta = SECOND, text: str | None = SAYS, mid: str = "mid.1") -> Written:
    return Written(mid, AT + after, text)


def looked(*messages: Written, since: datetime | None = None) -> Look:
    return Look(messages, since)


def judged(look: Look | None, row: Message | None = None, age=MINUTE, taken=NOBODY) -> Conclusion:
    return conclude(row or unknown(), look, taken=taken, now=AT + age)


def again(failure: str, minutes: float, age: timedelta = MINUTE) -> Conclusion:
    return Conclusion(State.UNKNOWN, failure, look_at=AT + age + minutes * MINUTE)


def sent(mid: str = "mid.1") -> Conclusion:
    return Conclusion(State.SENT, platform_message_id=mid)


def test_f08_the_same_text_at_the_same_time_is_ours():
    assert judged(looked(written())) == sent()


@pytest.mark.parametrize("text", ["We are  closed now.\n", " We are closed now."])
def test_white_space_makes_no_other_text(text):
    assert judged(looked(written(text=text))) == sent()


@pytest.mark.parametrize("after", [-MINUTE, timedelta(), 2 * MINUTE])
def test_clocks_may_differ_and_a_post_may_be_slow(after):
    assert judged(looked(written(after))) == sent()


@pytest.mark.parametrize("after", [-61 * SECOND, 121 * SECOND])
def test_the_same_text_at_another_time_is_another_message(after):
    assert judged(looked(written(after))) == again(NOT_SEEN_YET, 2)


def test_of_two_with_the_same_text_the_nearer_one_is_ours():
    assert judged(looked(written(MINUTE, mid="mid.far"), written(mid="mid.near"))) == sent(
        "mid.near"
    )


def test_a_message_that_is_known_already_is_not_ours():
    assert judged(looked(written()), taken=frozenset({"mid.1"})) == again(NOT_SEEN_YET, 2)


def test_a_neighbour_in_other_words_leaves_it_open():
    look = looked(written(text="Something else"))
    late = unknown(failure=NOT_SEEN_YET)
    assert judged(look, late, age=20 * MINUTE) == again(NOT_SEEN_YET, 10, 20 * MINUTE)


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": MessageKind.TEMPLATE},
        {"kind": MessageKind.OPT_IN_REQUEST, "text": "When the mug is back"},
        {"text": None, "attachments": (Attachment("image", url="https://shop.test/mug.png"),)},
    ],
)
def test_what_cannot_be_compared_by_its_text_is_known_by_its_time(facts):
    assert judged(looked(written(text=None)), unknown(**facts)) == sent()


def test_two_that_cannot_be_told_apart_leave_it_open():
    row = unknown(text=None, kind=MessageKind.TEMPLATE)
    look = looked(written(text="a"), written(text="b", mid="mid.2"))
    assert judged(look, row) == again("ambiguous_no_answer", 2)


def test_f08_missing_in_one_look_is_looked_for_again():
    assert judged(looked(), age=timedelta(hours=1)) == again(NOT_SEEN_YET, 30, timedelta(hours=1))


def test_missing_twice_within_ten_minutes_is_too_early_to_say():
    early = 10 * MINUTE - SECOND
    assert judged(looked(), unknown(failure=NOT_SEEN_YET), early).state is State.UNKNOWN


def test_f08_missing_twice_and_after_ten_minutes_it_was_not_delivered():
    row = unknown(failure=NOT_SEEN_YET)
    assert judged(looked(), row, 10 * MINUTE) == Conclusion(State.FAILED, NOT_DELIVERED)


def test_a_failed_look_proves_nothing():
    row = unknown(failure=NOT_SEEN_YET)
    assert judged(None, row, timedelta(hours=2)) == again(NOT_SEEN_YET, 60, timedelta(hours=2))


def test_a_look_that_does_not_reach_back_proves_nothing():
    row = unknown(failure=NOT_SEEN_YET)
    short = looked(since=AT)
    assert judged(short, row, timedelta(hours=1)).state is State.UNKNOWN


def test_a_look_that_reaches_back_far_enough_counts():
    row = unknown(failure=NOT_SEEN_YET)
    assert judged(looked(since=AT - MINUTE), row, timedelta(hours=1)).state is State.FAILED


def test_after_a_day_nobody_looks_any_more():
    assert judged(None, age=timedelta(days=1)) == Conclusion(State.UNKNOWN, NOT_FOUND_OUT)


@given(st.timedeltas(timedelta(), timedelta(days=1) - SECOND))
def test_looks_become_rarer_and_are_at_most_four_hours_apart(age):
    found = judged(None, age=age)
    assert found.look_at is not None
    pause = found.look_at - (AT + age)
    assert 2 * MINUTE <= pause <= timedelta(hours=4)
    assert pause in (2 * MINUTE, age / 2, timedelta(hours=4))
