"""The schedules, and the functions that they ask for: each runs in a process of its own."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.ports import DayWanted, LaneWanted, Runtime
from chalicelib.usecases import (
    compute_daily_metrics,
    digest_hour,
    run_campaign,
    send_due,
    settle_unknown,
    start_campaigns,
    start_daily_metrics,
    watch_budgets,
)
from tests.fortnight.shop import NUMBER

HOURLY_MINUTE = 5
_EVERY_MINUTE = (start_campaigns.run, send_due.run, settle_unknown.run, watch_budgets.run)
_EVERY_HOUR = (start_daily_metrics.run, digest_hour.run)

# Gives the work a process of its own; False if that died.
Run = Callable[[Callable[[Runtime], object]], bool]


def minute(stored: Runtime, run: Run) -> None:
    """As app.send_due, and the lanes of campaigns that it asks for."""
    all(run(work) for work in _EVERY_MINUTE)
    asked: list[LaneWanted] = stored.lane_requests.lanes  # type: ignore[attr-defined]
    while asked:
        wanted = asked.pop(0)
        run(lambda rt, lane=wanted: run_campaign.run(lane, rt))  # type: ignore[misc]


def hour(stored: Runtime, run: Run) -> None:
    """As app.start_daily_metrics, and the days that it asks for: of the number alone, whose budget
    depends on them."""
    all(run(work) for work in _EVERY_HOUR)
    asked: list[DayWanted] = stored.day_requests.days  # type: ignore[attr-defined]
    while asked:
        wanted = asked.pop(0)
        if wanted.channel_id == NUMBER:
            run(lambda rt, day=wanted: compute_daily_metrics.run(day.channel_id, day.day, rt))  # type: ignore[misc]
