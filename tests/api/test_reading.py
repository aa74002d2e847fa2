"""Reading requests value by value: each refusal names its field and never repeats the value."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api import reading
from chalicelib.usecases.errors import InvalidInput, NotFound
from chalicelib.usecases.list_conversations import Order


def request(
    body: bytes = b"", query: dict[str, str] | None = None, **headers: str
) -> SimpleNamespace:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(raw_body=body, query_params=query, headers=named)


def test_unknown_query_parameter_is_refused_by_its_name():
    with pytest.raises(InvalidInput) as refusal:
        reading.query(request(query={"ordr": "newest"}), "order", "limit")
    assert refusal.value.field == "ordr"
    assert "order, limit" in refusal.value.expected


def test_no_query_at_all_is_an_empty_query():
    assert reading.query(request(), "order") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"text": "\\ud800"}',
        b"[" * 100_000,
        b"{} {}",
    ],
)
def test_body_that_is_no_json_object_is_refused(body):
    with pytest.raises(InvalidInput) as refusal:
        reading.body(request(body))
    assert refusal.value.field == "body"


def test_body_of_the_greatest_length_is_read():
    padding = b" " * (reading.BODY_LIMIT_BYTES - 2)
    assert reading.body(request(b"{}" + padding)) == {}


def test_longer_body_is_not_read():
    with pytest.raises(reading.BodyTooLarge):
        reading.body(request(b"{}" + b" " * (reading.BODY_LIMIT_BYTES - 1)))


def test_unknown_field_of_the_body_is_refused_by_its_name():
    with pytest.raises(InvalidInput) as refusal:
        reading.fields(request(b'{"text": "hi", "autor": "Ada"}'), "text", "author")
    assert refusal.value.field == "autor"


@pytest.mark.parametrize(
    "value", [None, 7, "", "  \n ", "x" * 11, "nul\x00", "escape\x1b[0m", ["text"]]
)
def test_text_that_cannot_be_sent_is_refused(value):
    with pytest.raises(InvalidInput) as refusal:
        reading.text({"text": value}, "text", longest=10)
    assert refusal.value.field == "text"


def test_text_may_have_several_lines():
    assert reading.text({"text": "a\n\tb\r\n"}, "text", longest=10) == "a\n\tb\r\n"


@pytest.mark.parametrize("value", ["", "with space", "ü", "x" * 201, "line\nbreak", "tab\t"])
def test_idempotency_key_of_other_than_visible_ascii_is_refused(value):
    with pytest.raises(InvalidInput) as refusal:
        reading.idempotency_key(request(**{"idempotency_key": value}))
    assert refusal.value.field == "Idempotency-Key"


def test_missing_idempotency_key_is_refused():
    with pytest.raises(InvalidInput, match="Idempotency-Key"):
        reading.idempotency_key(request())


@pytest.mark.parametrize("value", ["x", "x" * 200, "!~"])
def test_idempotency_key_of_visible_ascii_is_taken(value):
    assert reading.idempotency_key(request(**{"idempotency_key": value})) == value


@pytest.mark.parametrize(
    "value", ["0", "101", "-1", "1.5", "ten", "", "1e2", "٣", " 5", "1" * 5000]
)
def test_limit_outside_1_to_100_is_refused(value):
    with pytest.raises(InvalidInput) as refusal:
        reading.limit({"limit": value}, default=50)
    assert refusal.value.field == "limit"


@pytest.mark.parametrize(
    ("values", "expected"), [({}, 50), ({"limit": "1"}, 1), ({"limit": "100"}, 100)]
)
def test_limit_is_the_one_asked_for_or_the_default(values, expected):
    assert reading.limit(values, default=50) == expected


def test_unknown_order_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput) as refusal:
        reading.choice({"order": "oldest"}, "order", Order.NEWEST)
    assert (refusal.value.field, refusal.value.expected) == ("order", "one of waiting, newest")


def test_order_left_out_is_the_default():
    assert reading.choice({}, "order", Order.NEWEST) is Order.NEWEST


def test_order_is_read_as_its_kind():
    assert reading.choice({"order": "waiting"}, "order", Order.NEWEST) is Order.WAITING


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, "2026-11-21", "from"),
        ("2026-11-21", None, "to"),
        ("20261121", "2026-11-21", "from"),
        ("0001-01-01", "2026-11-21", "from"),
        ("2026-11-21", "9999-12-31", "to"),
        ("2026-W47-6", "2026-11-21", "from"),
        ("2026-02-30", "2026-11-21", "from"),
        ("2026-11-21", "2026-11-20", "to"),
        ("2025-11-20", "2026-11-22", "to"),
        ("2026-11-21T00:00:00Z", "2026-11-21", "from"),
        (20261121, "2026-11-21", "from"),
    ],
)
def test_period_that_is_none_is_refused_by_the_day_at_fault(first, last, field):
    with pytest.raises(InvalidInput) as refusal:
        reading.period({"from": first, "to": last})
    assert refusal.value.field == field


def test_period_may_be_one_day():
    assert reading.period({"from": "2026-11-21", "to": "2026-11-21"}) == (
        "2026-11-21",
        "2026-11-21",
    )


def test_period_may_span_366_days():
    assert reading.period({"from": "2025-11-20", "to": "2026-11-21"}) == (
        "2025-11-20",
        "2026-11-21",
    )


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-21T14:00:00",
        "2026-11-21",
        "tomorrow",
        "",
        1795528800,
        "0001-01-01T00:00:00+14:00",
        [],
    ],
)
def test_time_without_offset_or_meaning_is_refused(value):
    with pytest.raises(InvalidInput) as refusal:
        reading.moment({"send_at": value}, "send_at")
    assert refusal.value.field == "send_at"


@pytest.mark.parametrize("value", ["2026-11-21T14:00:00Z", "2026-11-21T15:00:00+01:00"])
def test_time_is_read_in_utc(value):
    assert reading.moment({"send_at": value}, "send_at") == datetime(2026, 11, 21, 14, tzinfo=UTC)


def test_time_left_out_is_none():
    assert reading.moment({}, "send_at") is None


@pytest.mark.parametrize("value", ["", "a/b", "a b", "x" * 65, "ü", "a%2Fb", "line\n"])
def test_path_that_cannot_be_an_id_is_not_found(value):
    with pytest.raises(NotFound):
        reading.path_id(value, "conversation")


@pytest.mark.parametrize("value", [None, 7, "", "a b", "x" * 65])
def test_required_id_names_itself(value):
    with pytest.raises(InvalidInput) as refusal:
        reading.identifier({"channel_id": value}, "channel_id")
    assert refusal.value.field == "channel_id"


@pytest.mark.parametrize("value", ["", "with space", "x" * 2001])
def test_cursor_of_other_than_visible_ascii_is_refused(value):
    with pytest.raises(InvalidInput, match="cursor"):
        reading.cursor({"cursor": value})


@given(st.binary(max_size=300))
def test_any_body_is_an_object_or_refused(body):
    try:
        outcome = type(reading.body(request(body)))
    except InvalidInput as refusal:
        outcome = refusal.field
    assert outcome in (dict, "body")
