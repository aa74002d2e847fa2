"""The histogram behind the percentiles of a period."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.metrics import _durations

SECONDS = st.integers(0, 8 * 24 * 60 * 60)


@given(st.integers(0, 10 * 366 * 24 * 60 * 60))
def test_the_middle_of_a_step_is_at_most_one_percent_away(seconds: int):
    assert abs(_durations.middle(seconds) - seconds) <= 0.01 * seconds


@given(SECONDS, SECONDS)
def test_longer_durations_are_in_later_steps(one: int, other: int):
    short, long = sorted((one, other))
    assert _durations.middle(short) <= _durations.middle(long)


@pytest.mark.parametrize("seconds", range(99))
def test_below_99_seconds_every_second_has_its_step(seconds: int):
    assert _durations.middle(seconds) == seconds


@given(SECONDS)
def test_a_middle_stands_for_itself(seconds: int):
    middle = _durations.middle(seconds)
    assert _durations.middle(middle) == middle


def test_eight_days_have_fewer_than_600_steps():
    assert len({_durations.middle(seconds) for seconds in range(8 * 86_400)}) < 600


def test_nothing_is_counted_of_nothing():
    assert _durations.counts([]) == {}


def test_counts_tell_sum_named_buckets_and_steps():
    assert _durations.counts([10, 10, 100, 400]) == {
        "sum": 520,
        "under_5_minutes": 3,
        "under_15_minutes": 1,
        "10": 2,
        "99": 1,
        "396": 1,
    }


@given(st.lists(SECONDS, min_size=1), st.randoms())
def test_the_order_of_durations_changes_no_byte(seconds: list[int], random: object):
    shuffled = sorted(seconds, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert list(_durations.counts(seconds).items()) == list(_durations.counts(shuffled).items())


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([7], 7),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000], 5),
        ([1, 2, 3, 4, 5, 6, 7, 8, 1000], 115),  # of nine, 90 % are nine by nearest rank
        ([10] * 18 + [500, 500], 10),
        ([10] * 17 + [28, 500, 500], 11),
    ],
)
def test_the_mean_of_the_fastest_leaves_out_the_slowest_tenth(seconds: list[int], expected: int):
    assert _durations.mean_of_fastest(_durations.exact_steps(seconds), 90) == expected


@given(st.lists(SECONDS, min_size=1))
def test_the_mean_of_all_is_the_mean(seconds: list[int]):
    mean = _durations.mean_of_fastest(_durations.exact_steps(seconds), 100)
    assert mean == pytest.approx(fmean(seconds), abs=1)
