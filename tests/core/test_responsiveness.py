"""The badge and its edges."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.metrics import Result
from chalicelib.core.responsiveness import is_very_responsive, median_of


def median(seconds: int) -> Result:
    return Result({"median": seconds}, 10)


@pytest.mark.parametrize(
    ("answered", "of", "expected"), [(9, 10, True), (899, 1000, False), (900, 1000, True)]
)
def test_exactly_ninety_percent_is_enough(answered: int, of: int, expected: bool):
    assert is_very_responsive(Result(answered / of, of), median(60)) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(899, True), (900, False)])
def test_exactly_fifteen_minutes_is_too_slow(seconds: int, expected: bool):
    assert is_very_responsive(Result(1.0, 10), median(seconds)) is expected


def test_without_a_rate_there_is_no_badge_to_speak_of():
    assert is_very_responsive(Result(None, 0, 3), Result(None, 0)) is None


def test_who_answers_nobody_is_not_responsive():
    assert is_very_responsive(Result(0.0, 4), Result(None, 0)) is False


def test_the_median_of_nothing_is_nothing():
    assert median_of(Result(None, 0)) is None


def test_the_median_is_a_duration():
    assert median_of(median(90)) == timedelta(seconds=90)
