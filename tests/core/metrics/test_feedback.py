"""What customers say of how they were served, counted by scale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.day_activity import DayActivity, LocalDay, activity
from chalicelib.core.feedback import SCALES, Feedback, scores_of, tapped, words_to_tap
from chalicelib.core.metrics import compute, total
from chalicelib.core.metrics.feedback import METRIC
from tests import builders
from tests.builders import CHANNEL, TODAY

DAY = LocalDay(CHANNEL, TODAY, builders.at("00:00"), builders.at("00:00", day="2026-11-22"))


def day_with(*said: Feedback, now=DAY.end) -> DayActivity:
    return activity(
        DAY, now=now, waits=(), messages=(), earlier=(), first_contacts={}, feedback=said
    )


def said(*scores: int, kind: str = "csat") -> tuple[Feedback, ...]:
    return tuple(
        builders.feedback(feedback_id=f"{kind}-{n}", score=score, kind=kind)
        for n, score in enumerate(scores)
    )


def test_each_scale_has_its_number_and_mean():
    reading = compute(METRIC, day_with(*said(5, 4, 4), *said(7, kind="ces")))
    assert reading.value == {"ces": {"n": 1, "mean": 7.0}, "csat": {"n": 3, "mean": 4.33}}
    assert reading.n == 4


@pytest.mark.parametrize(
    ("scores", "expected"),
    [((10, 9), 100), ((0, 6), -100), ((7, 8), 0), ((9, 8, 6), 0), ((10, 10, 3), 33)],
)
def test_nps_has_the_score_that_bears_its_name(scores, expected):
    value = compute(METRIC, day_with(*said(*scores, kind="nps"))).value
    assert value["nps"]["score"] == expected


def test_nobody_said_anything_is_no_value():
    assert compute(METRIC, day_with()).value is None


def test_a_week_is_read_from_the_sums_of_its_days():
    days = [compute(METRIC, day_with(*said(*scores))) for scores in ((1, 1, 1), (5,))]
    assert total(METRIC, days).value == {"csat": {"n": 4, "mean": 2.0}}


def test_what_came_after_the_day_was_final_is_left_out():
    late = builders.feedback(at=DAY.final_at + timedelta(seconds=1))
    assert compute(METRIC, day_with(late, now=DAY.final_at + timedelta(days=1))).value is None


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_a_mean_lies_within_the_scale_and_counts_everybody(scores):
    value = compute(METRIC, day_with(*said(*scores))).value["csat"]
    assert min(scores) <= value["mean"] <= max(scores)
    assert value["n"] == len(scores)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"type": "csat", "payload": "4", "follow_up": {"payload": "ok"}}, [("csat", 4)]),
        ({"type": "nps", "payload": 10}, [("nps", 10)]),
        ({"type": "nps", "payload": "0"}, [("nps", 0)]),
        ({"type": "csat", "payload": "6"}, []),
        ({"type": "csat", "payload": "0"}, []),
        ({"type": "nps", "payload": "-1"}, []),
        ({"type": "free_form", "payload": "5"}, []),
        ({"type": "csat"}, []),
        ("five", []),
    ],
)
def test_only_numbers_on_a_known_scale_are_taken_from_a_form(answer, expected):
    assert list(scores_of(({"screen_id": 0, "questions": {"q1": answer}},))) == expected


@pytest.mark.parametrize("screen", [{}, {"questions": None}, {"questions": ["q1"]}])
def test_a_screen_without_questions_says_nothing(screen):
    assert list(scores_of((screen,))) == []


@pytest.mark.parametrize("language", ["en", "tr", "az", "ko"])
def test_the_words_to_tap_bring_back_each_number_of_the_scale_and_fit(language):
    words = words_to_tap(language)
    first, last = SCALES["csat"]
    assert [tapped(word.payload) for word in words] == list(range(last, first - 1, -1))
    assert max(len(word.title) for word in words) <= 20


@pytest.mark.parametrize("payload", [None, "", "feedback:0", "feedback:6", "feedback:5 ", "5"])
def test_any_other_payload_is_no_feedback(payload):
    assert tapped(payload) is None
