"""The day that the daily job is measured with has as many waits as it says."""

from __future__ import annotations

import pytest

from chalicelib.usecases import compute_daily_metrics
from devtools.benchmark import daily_job, made_up_day, own_process
from devtools.benchmark.made_up_day import CHANNEL_ID, DAY


def test_the_job_counts_every_wait_of_the_day() -> None:
    readings = compute_daily_metrics.run(CHANNEL_ID, DAY, made_up_day.runtime(200))
    rate = next(each for each in readings if each.metric == "response_rate")
    assert (rate.n, rate.value) == (200, 0.9)


def test_contacts_of_the_day_before_have_written_then() -> None:
    facts = made_up_day.runtime(10).messages
    before, today = (list(facts.each_of_day(CHANNEL_ID, day)) for day in ("2026-11-17", DAY))
    assert {each.conversation_id for each in before} == {each.conversation_id for each in today}
    assert max(before).occurred_at < min(today).occurred_at


@pytest.mark.slow
def test_each_size_is_measured_in_a_process_that_may_not_have_more_than_the_function() -> None:
    cost = own_process.run(daily_job.MODULE, 1000)
    assert 0 < cost["seconds"] < daily_job.MOST_SECONDS
    assert cost["grown"] < cost["peak"] < daily_job.MEMORY_MB * daily_job.MB
