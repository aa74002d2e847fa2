"""What a period has more than the one before."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.comparison import change
from chalicelib.core.metrics import Unit


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (7, 5, 2),
        (5, 7, -2),
        (0.9, 0.5, 0.4),
        (None, 5, None),
        (5, None, None),
        (None, None, None),
        ({"median": 60}, {"median": 90}, {"median": -30}),
        (
            {"in": 2, "by_author": {"customer": 2}},
            {"in": 3, "by_author": {"customer": 1, "campaign": 2}},
            {"in": -1, "by_author": {"campaign": -2, "customer": 1}},
        ),
        ({"by_author": {"customer": 1}}, {}, {"by_author": {"customer": 1}}),
    ],
)
def test_a_change_is_what_was_added(now: Any, before: Any, expected: Any):
    assert change(now, before, Unit.COUNT) == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ({"csat": {"n": 3, "mean": 4.5}}, {"csat": {"n": 1, "mean": 4.0}}, {"n": 2, "mean": 0.5}),
        ({"csat": {"n": 3, "mean": 4.5}}, {"nps": {"n": 1, "mean": 8.0, "score": 0}}, None),
    ],
)
def test_a_scale_that_one_of_them_lacks_has_not_changed_by_its_mean(
    now: Any, before: Any, expected: Any
):
    found = change(now, before, Unit.SCORE)
    assert found == (expected and {"csat": expected})
