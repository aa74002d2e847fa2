"""F21: a job that runs twice, or eight times at once, leaves the same bytes in the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.messages import Author
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_asked_day, compute_daily_metrics, start_daily_metrics
from tests import builders, fakes
from tests.usecases.stories import Happening, tell

CHANNEL = builders.channel(away_message=AutomaticReply(is_on=True))
START = builders.at("08:00", day="2026-11-20")
DAY = "2026-11-20"
STORY = [
    Happening(Author.CUSTOMER, "ayse", 0),
    Happening(Author.AUTOMATION, "ayse", 1),
    Happening(Author.PERSON_API, "ayse", 12, "Ayse"),
    Happening(Author.CUSTOMER, "mehmet", 30),
    Happening(Author.CUSTOMER_VISIT, "ada", 40),
    Happening(Author.CUSTOMER, "ada", 41),
    Happening(Author.PERSON_NATIVE, "ada", 600),
]


@pytest.fixture
def rt(dynamodb) -> Runtime:
    """The real stores, three days after the story."""
    stores = {name: getattr(dynamodb, name) for name in STORES}
    runtime = fakes.runtime(CHANNEL, now=START + timedelta(days=3), **stores)
    tell(STORY, CHANNEL, START, runtime)
    return runtime


STORES = ("conversations", "messages", "waits", "readings")


@pytest.fixture
def stored(connection, settings):
    """Everything in the table of reports, as the database has it, but for when it was computed."""

    def read() -> list[tuple[str, str]]:
        rows = connection.client.scan(TableName=settings.reports_table)["Items"]
        return sorted((row["item"]["S"], str(row.get("document"))) for row in rows)

    return read


def compute(rt: Runtime) -> None:
    compute_daily_metrics.run(builders.CHANNEL, DAY, rt)


def test_f21_computing_a_day_twice_leaves_the_same_bytes(rt, stored):
    compute(rt)
    once = stored()
    rt.now.advance(hours=1)
    compute(rt)
    assert stored() == once
    assert any("answerer#" in name and "Ayse" in name for name, _ in once)


def test_f21_computing_a_day_eight_times_at_once_leaves_the_same_bytes(rt, stored):
    compute(rt)
    once = stored()
    with ThreadPoolExecutor(8) as threads:
        tuple(threads.map(lambda _: compute(rt), range(8)))
    assert stored() == once


def test_f21_a_final_day_stays_the_same_after_settings_changed(rt, stored):
    rt.now.advance(days=7)
    compute(rt)
    once = stored()
    rt.channels.save(builders.channel(time_zone="Pacific/Auckland"))
    rt.now.advance(days=30)
    compute(rt)
    assert stored() == once


@pytest.mark.parametrize("times", [1, 2])
def test_f21_the_schedule_that_fires_twice_leaves_the_same_bytes(rt, stored, times):
    start_daily_metrics.run(rt)
    work_off(rt)
    once = stored()
    for _ in range(times):
        start_daily_metrics.run(rt)
        work_off(rt)
    assert stored() == once


def test_f21_eight_schedules_at_once_leave_the_same_bytes(rt, stored):
    start_daily_metrics.run(rt)
    work_off(rt)
    once = stored()
    with ThreadPoolExecutor(8) as threads:
        tuple(threads.map(lambda _: start_daily_metrics.run(rt), range(8)))
    work_off(rt)
    assert stored() == once


def work_off(rt: Runtime) -> None:
    """What was asked for is computed."""
    days = rt.day_requests.days.copy()
    rt.day_requests.days.clear()
    for day in days:
        compute_asked_day.run(msgspec.to_builtins(day), rt)
