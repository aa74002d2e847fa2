"""Reading requests as declared types: each refusal names its field and never repeats the value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from chalicelib.api import reading
from chalicelib.api.endpoint import NoParameters
from chalicelib.api.values import Cursor, Day, Id, IdempotencyKey, Limit, Moment, Name, Text
from chalicelib.usecases.errors import InvalidInput, NotFound
from chalicelib.usecases.list_conversations import Order


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel_id: Id = "1"
    order: Order = Order.NEWEST
    cursor: Cursor | None = None
    limit: Limit = 50
    first: Day | None = msgspec.field(default=None, name="from")


class Inner(Struct, frozen=True):
    number: int


class Hours(Struct, frozen=True):
    starts: Annotated[str, Meta(pattern=r"^\d\d:\d\d$", description="HH:MM")]


class Visit(Struct, frozen=True):
    at: Moment


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Text
    author: Name = "Ayse"
    send_at: Moment | None = None
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    to: Literal["person", "automation"] = "person"
    confirm: Literal[True] = True
    hours: Hours | None = None
    days: dict[str, list[Hours]] = {}
    names: tuple[Name, ...] = ()
    visits: tuple[Visit, ...] = ()


def request(
    body: bytes = b"", query: dict[str, str] | None = None, **headers: str
) -> SimpleNamespace:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(raw_body=body, query_params=query, headers=named)


def refused(read, *given) -> InvalidInput:
    with pytest.raises(InvalidInput) as refusal:
        read(*given)
    return refusal.value


def query(**values: str) -> Query:
    return reading.parameters(request(query=values), Query)


def typed(**values: object) -> Body:
    return reading.typed({"text": "Hi"} | values, Body)


def test_unknown_query_parameter_is_refused_by_its_name_with_the_known_ones():
    refusal = refused(reading.parameters, request(query={"ordr": "newest"}), Query)
    assert (refusal.field, refusal.expected) == (
        "ordr",
        "no such field; known are channel_id, order, cursor, limit, from",
    )


def test_a_parameter_where_none_is_known_is_refused_in_a_whole_sentence():
    refusal = refused(reading.parameters, request(query={"limit": "5"}), NoParameters)
    assert (refusal.field, refusal.expected) == ("limit", "no such field; none is known")


def test_no_query_at_all_is_the_defaults():
    assert reading.parameters(request(), Query) == Query()


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
    assert refused(reading.body, request(body)).field == "body"


def test_body_of_the_greatest_length_is_read():
    padding = b" " * (reading.BODY_LIMIT_BYTES - 2)
    assert reading.body(request(b"{}" + padding)) == {}


def test_longer_body_is_not_read():
    with pytest.raises(reading.BodyTooLarge):
        reading.body(request(b"{}" + b" " * (reading.BODY_LIMIT_BYTES - 1)))


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "text"),
        ({"text": "Hi", "autor": "Ada"}, "autor"),
        ({"text": "Hi", "inner": {"number": "7"}}, "inner.number"),
        ({"text": "Hi", "inner": {"number": 7, "unit": "g"}}, "inner.unit"),
        ({"text": "Hi", "many": [{"number": 7}, {}]}, "many[1].number"),
        ({"text": "Hi", "x" * 300: 1}, "x" * 100),
    ],
)
def test_wrong_field_of_a_body_is_refused_by_its_path(document, field):
    assert refused(reading.typed, document, Body).field == field


@pytest.mark.parametrize(
    "value", [None, 7, "", "  \n ", "x" * 5001, "nul\x00", "escape\x1b[0m", ["text"]]
)
def test_text_that_cannot_be_sent_is_refused(value):
    refusal = refused(lambda: typed(text=value))
    assert (refusal.field, refusal.expected) == (
        "text",
        "a text of 1 to 5000 characters without control characters",
    )


@pytest.mark.parametrize("value", ["a\n\tb\r\n", "\n\nx", "x" * 5000, "👍"])
def test_text_may_have_several_lines_and_any_letters(value):
    assert typed(text=value).text == value


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59Z"])
def test_a_time_from_which_no_other_can_be_reckoned_is_refused(at):
    refusal = refused(lambda: typed(send_at=at))
    assert (refusal.field, refusal.expected) == ("send_at", "a time from 2000 to 2100")


def test_a_far_time_within_is_refused_by_its_path():
    late = {"at": "2101-01-01T00:00:00Z"}
    assert refused(lambda: typed(visits=[late])).field == "visits[0].at"


@given(st.text(max_size=60))
def test_a_text_is_taken_unless_it_is_blank_or_has_control_characters(value):
    is_fit = bool(value.strip()) and not set(value) & {chr(n) for n in CONTROL}
    try:
        taken = typed(text=value).text == value
    except InvalidInput:
        taken = False
    assert taken is is_fit


CONTROL = ({*range(32)} - {9, 10, 13}) | {127}


@pytest.mark.parametrize("value", ["", "with space", "ü", "x" * 201, "line\nbreak", "key\n"])
def test_idempotency_key_of_other_than_visible_ascii_is_refused(value):
    asked = request(**{"idempotency_key": value})
    assert refused(reading.header, asked, "Idempotency-Key", IdempotencyKey).field == (
        "Idempotency-Key"
    )


def test_missing_idempotency_key_is_refused():
    refusal = refused(reading.header, request(), "Idempotency-Key", IdempotencyKey)
    assert refusal.expected == "a header of 1 to 200 visible ASCII characters"


@pytest.mark.parametrize("value", ["x", "x" * 200, "!~"])
def test_idempotency_key_of_visible_ascii_is_taken(value):
    asked = request(**{"idempotency_key": value})
    assert reading.header(asked, "Idempotency-Key", IdempotencyKey) == value


@pytest.mark.parametrize("value", ["0", "101", "-1", "1.5", "ten", "", "٣", " 5", "1" * 5000])
def test_limit_outside_1_to_100_is_refused(value):
    refusal = refused(lambda: query(limit=value))
    assert (refusal.field, refusal.expected) == ("limit", "a whole number from 1 to 100")


@pytest.mark.parametrize(("value", "expected"), [("1", 1), ("100", 100)])
def test_limit_is_the_one_asked_for(value, expected):
    assert query(limit=value).limit == expected


def test_unknown_order_is_refused_with_the_known_ones():
    refusal = refused(lambda: query(order="oldest"))
    assert (refusal.field, refusal.expected) == (
        "order",
        "one of waiting, newest, needs_person, closing_soon",
    )


def test_order_is_read_as_its_kind():
    assert query(order="waiting").order is Order.WAITING


@pytest.mark.parametrize("value", ["", "20261121", "2026-W47-6", "2026-02-30", "2026-11-21T00:00Z"])
def test_day_that_is_none_is_refused_by_the_name_in_the_request(value):
    refusal = refused(lambda: query(**{"from": value}))
    assert (refusal.field, refusal.expected) == ("from", "a day of this century such as 2026-11-21")


@pytest.mark.parametrize(
    "value", ["2026-11-21T14:00:00", "2026-11-21", "tomorrow", "", 1795528800, []]
)
def test_time_without_offset_or_meaning_is_refused(value):
    refusal = refused(lambda: typed(send_at=value))
    assert (refusal.field, refusal.expected[:11]) == ("send_at", "an ISO 8601")


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("2026-11-21T14:00:00Z", UTC),
        ("2026-11-21T15:00:00+01:00", timezone(timedelta(hours=1))),
    ],
)
def test_time_is_read_with_its_offset(value, zone):
    assert typed(send_at=value).send_at == datetime(2026, 11, 21, 14, tzinfo=UTC).astimezone(zone)


@pytest.mark.parametrize("value", ["", "a/b", "a b", "x" * 65, "ü", "a%2Fb", "line\n"])
def test_path_that_cannot_be_an_id_is_not_found(value):
    with pytest.raises(NotFound):
        reading.path_id(value, "conversation")


@pytest.mark.parametrize("value", ["", "a b", "x" * 65, "line\n"])
def test_required_id_names_itself(value):
    assert refused(lambda: query(channel_id=value)).field == "channel_id"


@pytest.mark.parametrize("value", ["", "with space", "x" * 6001])
def test_cursor_of_other_than_visible_ascii_is_refused(value):
    assert refused(lambda: query(cursor=value)).field == "cursor"


@given(st.binary(max_size=300))
def test_any_body_is_an_object_or_refused(body):
    try:
        outcome = type(reading.body(request(body)))
    except InvalidInput as refusal:
        outcome = refusal.field
    assert outcome in (dict, "body")


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({"to": "nobody"}, "to", "one of person, automation"),
        ({"confirm": False}, "confirm", "expected true"),
        ({"confirm": "yes"}, "confirm", "expected true"),
        ({"hours": {"starts": "9"}}, "hours.starts", "HH:MM"),
        ({"hours": {}}, "hours.starts", "HH:MM"),
        ({"hours": {"from": "09:00", "starts": "09:00"}}, "hours.from", "nothing: there is no"),
        ({"days": {"monday": [{"starts": "9"}]}}, "days[...][0].starts", "HH:MM"),
        ({"names": ["Mia", ""]}, "names[1]", "a text of 1 to 100 characters"),
        ({"inner": {"number": "x"}}, "inner.number", "int, got str"),
    ],
)
def test_what_is_expected_inside_is_told_as_it_is_declared(
    given: dict[str, object], field: str, expected: str
) -> None:
    refusal = refused(lambda: typed(**given))
    assert refusal.field == field
    assert expected in str(refusal)
