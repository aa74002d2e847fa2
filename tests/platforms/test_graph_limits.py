"""Headers that tell how long to wait and how close to a limit we are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platforms._graph_limits import retry_after_seconds, usage_percent

RECORDED = Path(__file__).parent.parent / "payloads" / "recorded"
HIGHEST_RECORDED = 62.0  # counted by hand in graph_response_headers.json
BUSY = '{"2001":[{"type":"whatsapp","call_count":91,"estimated_time_to_regain_access":3}]}'


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"Retry-After": "999999999"}, 86400.0),
        ({"Retry-After": "soon"}, None),
        (
            {
                "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
                "Retry-After": "Sat, 21 Nov 2026 12:01:30 GMT",
            },
            90.0,
        ),
        (
            {
                "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
                "Retry-After": "Sat, 21 Nov 2026 11:00:00 GMT",
            },
            0.0,
        ),
        ({"Retry-After": "Sat, 21 Nov 2026 12:01:30 GMT"}, None),
        ({"X-Business-Use-Case-Usage": BUSY}, 180.0),
        ({"X-Business-Use-Case-Usage": BUSY, "Retry-After": "5"}, 5.0),
    ],
)
def test_f16_the_wait_is_read_from_the_headers(
    headers: dict[str, str], expected: float | None
) -> None:
    assert retry_after_seconds(headers) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0.0),
        ({"X-App-Usage": '{"call_count":3,"total_cputime":81,"total_time":7}'}, 81.0),
        ({"x-page-usage": '{"call_count":"many"}'}, 0.0),
        ({"X-Business-Use-Case-Usage": BUSY}, 91.0),
        ({"X-App-Usage": '{"call_count":3}', "X-Business-Use-Case-Usage": BUSY}, 91.0),
        ({"X-App-Usage": "[]"}, 0.0),
        ({"X-App-Usage": "{"}, 0.0),
        ({"X-App-Usage": '{"2001":[7]}'}, 0.0),
        ({"X-App-Usage": '{"call_count":1e300}'}, 0.0),
    ],
)
def test_f16_the_busiest_limit_counts(headers: dict[str, str], expected: float) -> None:
    assert usage_percent(headers) == expected


def test_recorded_headers_report_the_usage_that_they_name() -> None:
    recorded = json.loads((RECORDED / "graph_response_headers.json").read_text())
    reports = [
        {name: values[0] for name, values in answer["headers"].items()}
        for answer in recorded.values()
    ]
    assert max(usage_percent(headers) for headers in reports) == HIGHEST_RECORDED


@given(st.text(max_size=40))
def test_no_header_value_breaks_the_reading(value: str) -> None:
    headers = {"Retry-After": value, "Date": value, "X-App-Usage": value}
    assert usage_percent(headers) >= 0
