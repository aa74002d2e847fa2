"""Reports over HTTP."""

from __future__ import annotations

import pytest

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
    assert len(rt.metrics_queue.entries) == 7


def test_report_of_an_unknown_channel_is_not_found(api):
    assert api.get(f"{PATH}?channel_id=999&from=2026-11-15&to=2026-11-21").status == 404


def test_recomputing_an_unknown_channel_is_not_found(api, rt):
    assert api.post("/v1/reports/recompute", {"channel_id": "999"} | PERIOD).status == 404
    assert rt.metrics_queue.entries == []


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
