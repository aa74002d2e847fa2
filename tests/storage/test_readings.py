"""Contract of Readings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.day_activity import LocalDay, Run
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
    stores.readings.save_run(CHANNEL, TODAY, Run(NOON, is_final=False))
    stores.readings.save_run(CHANNEL, TODAY, Run(NOON + timedelta(hours=1), is_final=True))
    stores.readings.save_run("another", "2026-11-20", Run(NOON, is_final=False))
    assert stores.readings.runs(CHANNEL) == {TODAY: Run(NOON + timedelta(hours=1), is_final=True)}


def test_runs_are_known_from_a_day_on(stores):
    for day in ("2026-11-18", "2026-11-19", "2026-11-20"):
        stores.readings.save_run(CHANNEL, day, Run(NOON, is_final=True))
    assert list(stores.readings.runs(CHANNEL, since="2026-11-19")) == ["2026-11-19", "2026-11-20"]


def test_after_a_long_pause_the_latest_ten_runs_are_known(stores):
    for day in range(10, 25):
        stores.readings.save_run(CHANNEL, f"2026-11-{day}", Run(NOON, is_final=True))
    runs = stores.readings.runs(CHANNEL, since="2027-01-01")
    assert sorted(runs) == [f"2026-11-{day}" for day in range(15, 25)]


def test_what_was_told_before_finality_was_kept_is_computed_again(dynamodb):
    dynamodb.readings._item(CHANNEL, f"run#{TODAY}", at=NOON).save()
    assert dynamodb.readings.runs(CHANNEL) == {TODAY: Run(NOON, is_final=False)}


def test_a_reading_of_before_answerers_is_read(dynamodb):
    old = {"channel_id": CHANNEL, "day": TODAY, "metric": "response_time", "definition": "1"}
    old |= {"unit": "seconds", "value": {"median": 60}, "n": 1, "counts": {"60": 1}}
    dynamodb.readings._item(CHANNEL, f"reading#{TODAY}#response_time#1", document=old).save()
    (read,) = dynamodb.readings.of_days(CHANNEL, TODAY, TODAY)
    assert (read.value, read.latest, read.answered_by) == ({"median": 60}, (), None)


def test_outcomes_are_kept_with_their_times(stores):
    told = reading(latest=((NOON, 60), (NOON - timedelta(hours=1), None)))
    stores.readings.save([told])
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == (told,)


def test_readings_are_read_backwards_too(stores):
    told = [reading(day=day) for day in ("2026-11-19", "2026-11-20", "2026-11-21")]
    stores.readings.save(told)
    backwards = stores.readings.newest_first(CHANNEL, "2026-11-19", "2026-11-20")
    assert list(backwards) == [told[1], told[0]]


def test_who_answered_is_not_among_the_readings_of_a_day(stores):
    stores.readings.save_answerers(CHANNEL, TODAY, [reading(answered_by="person_native")])
    assert stores.readings.of_days(CHANNEL, TODAY, TODAY) == ()


def test_who_answered_is_read_in_the_order_of_days(stores):
    days = ("2026-11-20", TODAY)
    for day in days:
        told = [reading(day=day, answered_by="person_api", answered_name=n) for n in "ab"]
        stores.readings.save_answerers(CHANNEL, day, told)
    read = stores.readings.answerers_of_days(CHANNEL, *days)
    assert [(r.day, r.answered_name) for r in read] == [(d, n) for d in days for n in "ab"]


def test_who_turns_out_not_to_have_answered_is_gone(stores):
    ayse = reading(answered_by="person_api", answered_name="Ayşe #1~")
    native = reading(answered_by="person_native")
    stores.readings.save_answerers(CHANNEL, TODAY, [ayse, native])
    stores.readings.save_answerers(CHANNEL, TODAY, [native])
    assert stores.readings.answerers_of_days(CHANNEL, TODAY, TODAY) == (native,)


def test_a_day_stays_cut_as_it_was_first(stores):
    first = LocalDay(CHANNEL, TODAY, NOON, NOON + timedelta(hours=24), ((NOON, NOON),))
    later = LocalDay(CHANNEL, TODAY, NOON, NOON + timedelta(hours=23))
    assert stores.readings.keep_cut(first) == first
    assert stores.readings.keep_cut(later) == first
    assert stores.readings.cut(CHANNEL, TODAY) == first


def test_a_day_that_was_not_computed_is_not_cut(stores):
    assert stores.readings.cut(CHANNEL, TODAY) is None


def test_readings_are_remembered_for_ten_minutes(dynamodb, monkeypatch):
    seconds = iter([0.0, 599.0, 600.0])
    monkeypatch.setattr(dynamodb.readings, "_seconds", lambda: next(seconds))
    assert dynamodb.readings.remembered(CHANNEL, TODAY, TODAY) == ()
    elsewhere = type(dynamodb.readings)(dynamodb.readings._item, lambda: 0.0)
    elsewhere.save([reading()])
    assert dynamodb.readings.remembered(CHANNEL, TODAY, TODAY) == ()
    assert dynamodb.readings.remembered(CHANNEL, TODAY, TODAY) == (reading(),)


def test_what_was_saved_here_is_known_at_once(dynamodb):
    assert dynamodb.readings.remembered(CHANNEL, TODAY, TODAY) == ()
    dynamodb.readings.save([reading()])
    assert dynamodb.readings.remembered(CHANNEL, TODAY, TODAY) == (reading(),)
