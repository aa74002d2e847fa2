"""The responsiveness report, from stored readings."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import to_builtins

from chalicelib.core import periods
from chalicelib.core.messages import Author
from chalicelib.core.metrics import Reading, Unit
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_daily_metrics, read_usual_time
from chalicelib.usecases.errors import NotFound
from chalicelib.usecases.read_report import responsiveness
from tests import builders, fakes
from tests.usecases.stories import Happening, happen

UTC_PAGE = builders.channel(time_zone="UTC")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY, SUNDAY = "2026-11-16", "2026-11-22"
NOW = builders.at("00:05", day="2026-11-23")


def shop(*, now: datetime = NOW) -> Runtime:
    return fakes.runtime(UTC_PAGE, now=now)


def waits_on(
    rt: Runtime, day: str, *, answered: int = 0, unanswered: int = 0, after=MINUTE
) -> None:
    """So many customers wrote at nine that day, and were answered so much later, or never."""
    for number in range(answered + unanswered):
        opened_at = builders.at("09:00", day=day) + timedelta(milliseconds=number)
        rt.waits.record(
            builders.wait(
                conversation_id=f"c{number}",
                day=day,
                opened_at=opened_at,
                answered_at=opened_at + after if number < answered else None,
            )
        )
    compute_daily_metrics.run(builders.CHANNEL, day, rt)


def report(rt: Runtime, first: str = MONDAY, last: str = SUNDAY) -> dict[str, Any]:
    return to_builtins(responsiveness(builders.CHANNEL, periods.days(first, last), rt))


def old_reading(**facts: Any) -> Reading:
    defaults: dict[str, Any] = {
        "channel_id": builders.CHANNEL,
        "day": SUNDAY,
        "metric": "response_rate",
        "definition": "0",
        "unit": Unit.SHARE,
        "value": 0.1,
        "n": 10,
        "counts": {"answered": 1, "due": 10, "pending": 0},
    }
    return Reading(**(defaults | facts))


def test_each_computed_day_shows_its_readings():
    rt = shop()
    waits_on(rt, MONDAY, answered=1, unanswered=1)
    days = report(rt)["days"]
    assert [day["day"] for day in days] == [MONDAY]
    assert days[0]["readings"]["response_rate"] == {
        "value": 0.5,
        "n": 2,
        "pending": 0,
        "unit": "share",
        "definition": "1",
        "exact": True,
        "relative_error": None,
    }


def test_a_rate_over_days_is_made_of_their_waits():
    rt = shop()
    waits_on(rt, MONDAY, answered=9)
    waits_on(rt, "2026-11-17", unanswered=1)
    assert report(rt)["totals"]["response_rate"]["value"] == 0.9


def test_a_median_over_days_is_that_of_all_their_waits():
    rt = shop()
    waits_on(rt, MONDAY, answered=3, after=MINUTE)
    waits_on(rt, "2026-11-17", answered=1, after=HOUR)
    assert report(rt)["totals"]["response_time"]["value"]["median"] == 60


def test_young_open_waits_are_pending():
    rt = shop()
    waits_on(rt, SUNDAY, answered=2, unanswered=3)
    told = report(rt)
    assert (told["pending"], told["totals"]["response_rate"]["value"]) == (3, 1.0)


def test_a_period_without_readings_has_no_values():
    told = report(shop())
    assert told["days"] == []
    assert {total["value"] for total in told["totals"].values()} == {None}
    assert told["badge"]["is_very_responsive"] is None
    assert told["is_final"] is False


@pytest.mark.parametrize(
    ("answered", "unanswered", "after", "expected"),
    [
        (9, 1, MINUTE, True),
        (8, 1, MINUTE, False),
        (9, 1, 15 * MINUTE, False),
        (9, 1, 15 * MINUTE - timedelta(seconds=1), True),
        (0, 1, MINUTE, False),
    ],
)
def test_the_badge_at_exactly_90_percent_and_exactly_15_minutes(
    answered: int, unanswered: int, after: timedelta, expected: bool
):
    rt = shop(now=NOW + DAY)
    waits_on(rt, SUNDAY, answered=answered, unanswered=unanswered, after=after)
    assert report(rt)["badge"]["is_very_responsive"] is expected


def test_the_badge_looks_at_seven_days_whatever_the_period():
    rt = shop()
    waits_on(rt, "2026-11-15", unanswered=5)
    waits_on(rt, MONDAY, answered=5)
    told = report(rt, "2026-11-10", SUNDAY)
    one_day = report(rt, SUNDAY, SUNDAY)
    assert (told["badge"]["from"], told["badge"]["n"]) == (MONDAY, 5)
    assert told["totals"]["response_rate"]["n"] == 10
    assert one_day["badge"] == told["badge"]
    assert one_day["days"] == []


def test_the_badge_says_what_it_was_made_of():
    rt = shop()
    waits_on(rt, SUNDAY, answered=4, unanswered=1, after=2 * MINUTE)
    assert report(rt)["badge"] == {
        "from": MONDAY,
        "to": SUNDAY,
        "is_very_responsive": True,
        "response_rate": 1.0,
        "response_time_seconds": 120,
        "n": 4,
        "pending": 1,
        "is_final": False,
        "definition": "2",
        "exact": True,
        "relative_error": None,
    }


@pytest.mark.parametrize(("later", "expected"), [(0 * DAY, False), (7 * DAY, True)])
def test_a_period_is_final_when_all_its_days_are(later: timedelta, expected: bool):
    rt = shop(now=NOW + later)
    waits_on(rt, MONDAY, answered=1)
    waits_on(rt, SUNDAY, answered=1)
    told = report(rt)
    assert told["is_final"] is expected
    assert told["days"][-1]["is_final"] is expected


def test_of_two_definitions_the_present_one_is_shown():
    rt = shop()
    rt.readings.save([old_reading(), old_reading(definition="2")])
    waits_on(rt, SUNDAY, answered=1)
    assert report(rt)["days"][0]["readings"]["response_rate"]["definition"] == "1"


def test_a_day_known_only_by_an_old_definition_is_shown_but_not_added_up():
    rt = shop()
    rt.readings.save([old_reading()])
    told = report(rt)
    assert told["days"][0]["readings"]["response_rate"]["value"] == 0.1
    assert told["totals"]["response_rate"]["value"] is None


def test_the_report_is_json():
    rt = shop()
    waits_on(rt, SUNDAY, answered=1)
    assert json.loads(json.dumps(report(rt))) == report(rt)


def test_an_unknown_channel_is_not_found():
    with pytest.raises(NotFound):
        responsiveness("unknown", periods.days(MONDAY, SUNDAY), shop())


def usual(rt: Runtime, *, days_later: int) -> timedelta | None:
    """As told so many days after the week, with that week's readings computed again by then."""
    rt.now.advance(days=days_later)
    for day in ("2026-11-16", "2026-11-17", "2026-11-18"):
        compute_daily_metrics.run(builders.CHANNEL, day, rt)
    return read_usual_time.run(builders.CHANNEL, rt)


def test_the_usual_response_time_is_that_of_the_latest_final_day():
    rt = shop()
    waits_on(rt, MONDAY, answered=1, after=HOUR)
    waits_on(rt, "2026-11-17", answered=1, after=5 * MINUTE)
    assert usual(rt, days_later=2) == 5 * MINUTE


def test_a_quiet_day_does_not_hide_the_usual_response_time():
    rt = shop()
    waits_on(rt, MONDAY, answered=1, after=HOUR)
    waits_on(rt, "2026-11-17", unanswered=1)
    assert usual(rt, days_later=2) == HOUR


def test_several_quiet_days_do_not_hide_the_usual_response_time():
    rt = shop()
    waits_on(rt, MONDAY, answered=1, after=HOUR)
    assert usual(rt, days_later=3) == HOUR


def test_an_answer_at_once_is_a_usual_response_time_too():
    rt = shop()
    waits_on(rt, MONDAY, answered=1, after=HOUR)
    waits_on(rt, "2026-11-17", answered=1, after=timedelta(0))
    assert usual(rt, days_later=2) == timedelta(0)


def test_a_provisional_day_makes_no_usual_response_time():
    rt = shop(now=builders.at("00:05", day="2026-11-18"))
    waits_on(rt, "2026-11-17", answered=1)
    assert read_usual_time.run(builders.CHANNEL, rt) is None


def test_what_was_usual_weeks_ago_is_usual_no_more():
    rt = shop()
    waits_on(rt, MONDAY, answered=1)
    assert usual(rt, days_later=30) is None


def test_an_unknown_channel_has_no_usual_response_time():
    assert read_usual_time.run("unknown", shop()) is None


def test_a_reading_that_was_provisional_makes_no_usual_response_time():
    rt = shop()
    waits_on(rt, MONDAY, answered=1)
    rt.now.advance(days=3)
    assert read_usual_time.run(builders.CHANNEL, rt) is None


def test_the_period_before_has_the_same_totals_and_the_change():
    rt = shop()
    waits_on(rt, "2026-11-10", answered=1, unanswered=1, after=5 * MINUTE)
    waits_on(rt, MONDAY, answered=4, unanswered=1, after=MINUTE)
    told = report(rt)
    assert (told["before"]["from"], told["before"]["to"]) == ("2026-11-09", "2026-11-15")
    assert told["before"]["totals"]["response_rate"]["value"] == 0.5
    assert told["change"]["response_rate"] == 0.3
    assert told["change"]["response_time"]["median"] == -4 * 60


def test_without_a_period_before_there_is_no_change():
    rt = shop()
    waits_on(rt, MONDAY, answered=1)
    told = report(rt)
    assert told["before"]["totals"]["response_rate"]["value"] is None
    assert set(told["change"].values()) == {None}


def test_a_period_says_that_its_percentiles_may_be_off():
    rt = shop()
    waits_on(rt, MONDAY, answered=3, after=MINUTE)
    waits_on(rt, "2026-11-17", answered=1, after=HOUR)
    time = report(rt)["totals"]["response_time"]
    assert (time["exact"], time["relative_error"]) == (False, 0.01)


def wrote_on(rt: Runtime, day: str, contacts: int, *, answered_after: timedelta | None) -> None:
    """So many customers began a conversation at noon that day."""
    for number in range(contacts):
        at = builders.at(day=day) + timedelta(seconds=number)
        contact = f"{day} {number}"
        happen(Happening(Author.CUSTOMER, contact, number), UTC_PAGE, at, rt)
        if answered_after:
            answer = Happening(Author.PERSON_NATIVE, contact, 1000 + number)
            happen(answer, UTC_PAGE, at + answered_after, rt)
    compute_daily_metrics.run(builders.CHANNEL, day, rt)


def test_the_page_badge_looks_at_30_days():
    rt = shop(now=NOW + DAY)
    wrote_on(rt, "2026-10-24", 11, answered_after=5 * MINUTE)
    wrote_on(rt, SUNDAY, 1, answered_after=None)
    assert report(rt)["page_badge"] == {
        "from": "2026-10-24",
        "to": SUNDAY,
        "days": 30,
        "is_last_few": False,
        "is_very_responsive": True,
        "response_rate": 11 / 12,
        "response_time_seconds": 300,
        "n": 12,
        "pending": 0,
        "is_final": False,
        "definition": "1",
        "exact": True,
        "relative_error": None,
    }


def test_the_page_badge_of_a_quiet_channel_looks_at_the_last_ten_conversations():
    rt = shop(now=NOW + DAY)
    wrote_on(rt, "2026-06-01", 20, answered_after=None)
    wrote_on(rt, SUNDAY, 3, answered_after=MINUTE)
    badge = report(rt)["page_badge"]
    assert (badge["n"], badge["response_rate"], badge["is_last_few"]) == (10, 0.3, True)


def test_a_channel_may_have_the_page_badge_over_seven_days():
    rt = shop(now=NOW + DAY)
    rt.channels.save(builders.channel(time_zone="UTC", page_metric_days=7))
    wrote_on(rt, "2026-11-15", 10, answered_after=None)
    wrote_on(rt, SUNDAY, 10, answered_after=MINUTE)
    badge = report(rt)["page_badge"]
    assert (badge["days"], badge["response_rate"], badge["n"]) == (7, 1.0, 10)
