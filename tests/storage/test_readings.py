"""Contract of Readings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.metrics import Reading, Unit
from tests.builders import CHANNEL, NOON, TODAY


def reading(**facts) -> Reading:
    defaults = {
        "channel_id": CHANNEL,
        "day": TODAY,
        "metric": "response_rate",
        "definition": "1",
        "unit": Unit.SHARE,
        "value": 0.9,
        "n": 10,
        "counts": {"answered": 9, "due": 10},
    }
    return Reading(**(defaults | facts))


@pytest.mark.parametrize("value", [None, 3, 0.5, {"under_15_minutes": 2, "by": {"person_api": 1}}])
def test_a_reading_is_read_as_it_was_saved(stores, value):
    told = reading(value=value, pending=1, is_final=True)
    stores.readings.save([told])
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == (told,)


def test_a_reading_saved_again_is_overwritten(stores):
    stores.readings.save([reading(value=0.8)])
    stores.readings.save([reading(value=0.9)])
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == (reading(),)


def test_another_definition_is_another_reading(stores):
    stores.readings.save([reading(), reading(definition="2")])
    assert len(stores.readings.of_days(CHANNEL, TODAY, TODAY)) == 2


def test_the_days_asked_for_are_read_in_order(stores):
    days = [f"2026-11-{day}" for day in (22, 19, 21, 20)]
    stores.readings.save([reading(day=day, metric=name) for day in days for name in ("b", "a")])
    read = stores.readings.of_days(CHANNEL, "2026-11-20", "2026-11-21")
    assert [(each.day, each.metric) for each in read] == [
        ("2026-11-20", "a"),
        ("2026-11-20", "b"),
        ("2026-11-21", "a"),
        ("2026-11-21", "b"),
    ]


def test_more_readings_than_one_batch_are_saved(stores):
    told = [reading(metric=f"metric_{n:02}") for n in range(60)]
    stores.readings.save(told)
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == tuple(told)


def test_readings_of_another_channel_are_not_read(stores):
    stores.readings.save([reading(channel_id="another")])
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == ()


def test_saving_nothing_is_nothing(stores):
    stores.readings.save([])
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == ()


def test_the_latest_run_of_a_day_is_known(stores):
    stores.readings.save_run(CHANNEL, TODAY, NOON)
    stores.readings.save_run(CHANNEL, TODAY, NOON + timedelta(hours=1))
    stores.readings.save_run("another", "2026-11-20", NOON)
    assert stores.readings.runs(CHANNEL) == {TODAY: NOON + timedelta(hours=1)}
