"""Reports over HTTP."""

from __future__ import annotations

import pytest

from chalicelib.usecases import compute_daily_metrics
from tests import builders
from tests.builders import CHANNEL

PERIOD = {"from": "2026-11-15", "to": "2026-11-21"}
PATH = "/v1/reports/responsiveness"


def test_report_of_a_channel_and_period_is_answered(api):
    answer = api.get(f"{PATH}?channel_id={CHANNEL}&from=2026-11-15&to=2026-11-21")
    assert (answer.status, answer.body["channel_id"]) == (200, CHANNEL)
    assert (answer.body["from"], answer.body["to"]) == ("2026-11-15", "2026-11-21")
    assert answer.body["totals"]["response_rate"]["value"] is None


def test_recomputing_is_accepted_and_says_how_many_days_it_asked_for(api, rt):
    answer = api.post("/v1/reports/recompute", {"channel_id": CHANNEL} | PERIOD)
    assert (answer.status, answer.body) == (202, {"channel_id": CHANNEL, "days": 7} | PERIOD)
    assert len(rt.day_requests.days) == 7


def test_report_of_an_unknown_channel_is_not_found(api):
    assert api.get(f"{PATH}?channel_id=999&from=2026-11-15&to=2026-11-21").status == 404


def test_recomputing_an_unknown_channel_is_not_found(api, rt):
    assert api.post("/v1/reports/recompute", {"channel_id": "999"} | PERIOD).status == 404
    assert rt.day_requests.days == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-15&to=2026-11-21", "channel_id"),
        (f"channel_id={CHANNEL}&to=2026-11-21", "from"),
        (f"channel_id={CHANNEL}&from=2026-11-15", "to"),
        (f"channel_id={CHANNEL}&from=2026-11-31&to=2026-12-01", "from"),
        (f"channel_id={CHANNEL}&from=2026-11-21&to=2026-11-20", "to"),
        (f"channel_id={CHANNEL}&from=2025-11-20&to=2026-11-22", "to"),
        (f"channel_id={CHANNEL}&from=2026-11-15&to=2026-11-21&zone=UTC", "zone"),
        (f"channel_id={CHANNEL}&from=1999-12-31&to=2000-01-02", "from"),
        (f"channel_id={CHANNEL}&period=year&of=2026", "period"),
        (f"channel_id={CHANNEL}&of=2026-11", "period"),
        (f"channel_id={CHANNEL}&period=week", "of"),
        (f"channel_id={CHANNEL}&period=week&of=2026-11", "of"),
        (f"channel_id={CHANNEL}&period=week&of=2027-W53", "of"),
        (f"channel_id={CHANNEL}&period=month&of=2026-13", "of"),
        (f"channel_id={CHANNEL}&period=month&of=1999-12", "of"),
        (f"channel_id={CHANNEL}&period=month&of=9999-12", "of"),
        (f"channel_id={CHANNEL}&period=week&of=9999-W52", "of"),
        (f"channel_id={CHANNEL}&period=week&of=2026-W47&from=2026-11-15", "period"),
    ],
)
def test_report_refuses_a_wrong_parameter_by_its_name(api, query, field):
    answer = api.get(f"{PATH}?{query}")
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (PERIOD, "channel_id"),
        ({"channel_id": 7} | PERIOD, "channel_id"),
        ({"channel_id": CHANNEL, "from": 20261115, "to": "2026-11-21"}, "from"),
        ({"channel_id": CHANNEL, "days": 7} | PERIOD, "days"),
    ],
)
def test_recomputing_refuses_a_wrong_field_by_its_name(api, body, field):
    answer = api.post("/v1/reports/recompute", body)
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize(
    ("query", "first", "last", "before"),
    [
        ("period=week&of=2026-W47", "2026-11-16", "2026-11-22", ("2026-11-09", "2026-11-15")),
        ("period=month&of=2026-03", "2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("from=2026-11-20&to=2026-11-21", "2026-11-20", "2026-11-21", ("2026-11-18", "2026-11-19")),
    ],
)
def test_report_may_ask_for_days_a_week_or_a_month(api, query, first, last, before):
    answer = api.get(f"{PATH}?channel_id={CHANNEL}&{query}")
    assert (answer.body["from"], answer.body["to"]) == (first, last)
    assert (answer.body["before"]["from"], answer.body["before"]["to"]) == before


def answered_wait(rt) -> None:
    rt.waits.record(builders.wait(answered_name="Ayse"))
    rt.now.advance(days=1)
    compute_daily_metrics.run(CHANNEL, builders.TODAY, rt)


def test_who_answered_is_told_by_name(api, rt):
    answered_wait(rt)
    answer = api.get(f"/v1/reports/answerers?channel_id={CHANNEL}&period=month&of=2026-11")
    (one,) = answer.body["answerers"]
    assert (one["answered_by"], one["name"], one["response_time"]["n"]) == ("person_api", "Ayse", 1)


def test_what_was_counted_is_listed(api, rt):
    answered_wait(rt)
    query = f"channel_id={CHANNEL}&metric=response_rate&from=2026-11-20&to=2026-11-21"
    answer = api.get(f"/v1/reports/facts?{query}")
    assert [item["counted_as"] for item in answer.body["items"]] == ["answered_in_time"]
    assert answer.body["next_cursor"] is None


@pytest.mark.parametrize(
    ("more", "field"),
    [("", "metric"), ("&metric=luck", "metric"), ("&metric=messages&cursor=x", "cursor")],
)
def test_facts_refuse_a_wrong_parameter_by_its_name(api, more, field):
    query = f"channel_id={CHANNEL}&from=2026-11-20&to=2026-11-21{more}"
    answer = api.get(f"/v1/reports/facts?{query}")
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize("name", ["answerers", "facts"])
def test_other_reports_of_an_unknown_channel_are_not_found(api, name):
    more = "&metric=messages" if name == "facts" else ""
    query = f"channel_id=999&from=2026-11-15&to=2026-11-21{more}"
    assert api.get(f"/v1/reports/{name}?{query}").status == 404
