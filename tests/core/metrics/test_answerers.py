"""Response times by who answered."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.conversation import Wait
from chalicelib.core.day_activity import DayActivity
from chalicelib.core.metrics import _answerers, compute
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from tests import builders
from tests.core.metrics.test_definitions import a_day

WHO = [
    ("person_api", "Ayse"),
    ("person_api", "Zeki"),
    ("person_api", None),
    ("person_native", None),
]


def wait(number: int, who: tuple[str, str | None], seconds: int) -> Wait:
    return builders.wait(
        conversation_id=f"c{number}",
        answered_at=builders.NOON + timedelta(seconds=seconds),
        answered_by=who[0],
        answered_name=who[1],
    )


def day(*answers: tuple[tuple[str, str | None], int]) -> DayActivity:
    waits = tuple(wait(n, who, seconds) for n, (who, seconds) in enumerate(answers))
    return a_day(waits=waits)


answers = st.lists(st.tuples(st.sampled_from(WHO), st.integers(0, 100_000)), max_size=30)


def test_each_who_answered_has_a_reading():
    readings = _answerers.compute(day((WHO[0], 60), (WHO[3], 30), (WHO[0], 120)))
    assert [(r.answered_by, r.answered_name, r.n) for r in readings] == [
        ("person_api", "Ayse", 2),
        ("person_native", None, 1),
    ]
    assert readings[0].value["mean"] == 90


def test_who_answered_nobody_has_none():
    unanswered = builders.wait(answered_at=None, answered_by=None)
    assert _answerers.compute(a_day(waits=(unanswered,))) == ()


@given(st.lists(answers, max_size=4))
def test_their_numbers_add_up_to_the_channel_s(days: list):
    activities = [day(*of_day) for of_day in days]
    totals = _answerers.totals(r for each in activities for r in _answerers.compute(each))
    assert sum(result.n for result in totals.values()) == sum(
        compute(RESPONSE_TIME, each).n for each in activities
    )


def test_over_several_days_each_has_all_their_answers():
    readings = [
        *_answerers.compute(day((WHO[0], 60))),
        *_answerers.compute(day((WHO[0], 180), (WHO[1], 5))),
    ]
    totals = _answerers.totals(readings)
    assert totals["person_api", "Ayse"].value["mean"] == 120
    assert totals["person_api", "Zeki"].n == 1
