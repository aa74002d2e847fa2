"""How long a refused customer gets no marketing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.marketing_waits import (
    EXPERIMENT,
    FIRST_WAIT,
    FORGOTTEN_AFTER,
    LONGEST_WAIT,
    USER_LIMIT,
    MarketingWait,
    wait_after,
)

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST = MarketingWait(AT, AT + FIRST_WAIT, USER_LIMIT)


def test_the_first_refusal_waits_a_day() -> None:
    assert wait_after(None, USER_LIMIT, AT) == FIRST


def test_the_second_waits_twice_as_long() -> None:
    again = wait_after(FIRST, USER_LIMIT, AT + timedelta(days=2))
    assert again == MarketingWait(AT + timedelta(days=2), AT + timedelta(days=4), USER_LIMIT)


def test_after_two_quiet_weeks_a_day_is_enough_again() -> None:
    later = AT + FORGOTTEN_AFTER
    assert wait_after(FIRST, USER_LIMIT, later) == MarketingWait(
        later, later + FIRST_WAIT, USER_LIMIT
    )


def test_who_is_in_an_experiment_waits_a_week_at_once() -> None:
    assert wait_after(None, EXPERIMENT, AT) == MarketingWait(AT, AT + LONGEST_WAIT, EXPERIMENT)


@pytest.mark.parametrize("code", [None, 131026, 131047, 131050])
def test_other_refusals_hold_no_marketing(code: int | None) -> None:
    assert wait_after(FIRST, code, AT) is None


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=1)])
def test_the_same_refusal_again_or_one_of_before_changes_nothing(late: timedelta) -> None:
    assert wait_after(FIRST, USER_LIMIT, AT - late) == FIRST


@given(st.lists(st.timedeltas(timedelta(hours=1), timedelta(days=30)), max_size=20))
def test_a_wait_is_never_shorter_than_a_day_nor_longer_than_a_week(gaps: list[timedelta]) -> None:
    known, at = None, AT
    lengths = []
    for gap in gaps:
        at += gap
        known = wait_after(known, USER_LIMIT, at)
        lengths.append(known.until - known.since if known else timedelta())
    assert all(FIRST_WAIT <= length <= LONGEST_WAIT for length in lengths)
