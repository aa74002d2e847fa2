"""Graph answers: accepted, or an error that says what to do about it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.platforms._graph_answers import (
    ONE_TIME_TOKEN_SPENT,
    classify_status_errors,
    read_answer,
)
from chalicelib.platforms._graph_errors import CLOUD_API, SEND_API, error_class_of

RECORDED = Path(__file__).parent.parent / "payloads" / "recorded"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


CLASSED = _rows(Path(__file__).parent / "graph_errors.tsv")
STATUSES = {row["file"]: int(row["status"]) for row in CLASSED}
# Facts that stay out of our errors: they are Meta's sentences, which may quote what we sent.
NOT_KEPT = {"error_message", "error_details", "error_type", "fbtrace_id", "text"}
FACTS = [
    row
    for row in _rows(RECORDED / "expectations.tsv")
    if row["file"] in STATUSES and row["canonical"] and row["canonical"] not in NOT_KEPT
]
PERMANENT = {"token", "policy", "window", "recipient_gone", "bad_request"}
# What the sources' own classes of errors may be in ours.
THEIRS = {
    "InternalError": {"retry"},
    "LimitError": {"rate"},
    "AccessTokenError": {"token"},
    "PermissionError": {"token", "window", "recipient_gone"},
    "BadParameterError": {"bad_request", "recipient_gone"},
    "AccountLinkingError": {"bad_request"},
    "Error": {"token"},
}
# What each canonical fact says about the error that we raise.
HOLDS = {
    "error_code": lambda error, expected: str(error.code) == expected,
    "error_subcode": lambda error, expected: str(error.subcode) == expected,
    "error_class": lambda error, expected: error.error_class in THEIRS[expected.split("::")[-1]],
    "delivery_status": lambda error, expected: error.error_class in PERMANENT,
}


def _failure(status: int, body: object, headers: Mapping[str, str] | None = None) -> SendError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(SendError) as caught:
        read_answer(status, headers or {}, raw)
    return caught.value


def _error(code: int | None, subcode: int | None = None, **facts: Any) -> dict[str, Any]:
    return {"error": {"message": "m", "code": code, "error_subcode": subcode, **facts}}


@pytest.mark.parametrize("row", CLASSED, ids=lambda row: row["file"])
def test_every_recorded_error_has_its_class(row: dict[str, str]) -> None:
    error = _failure(int(row["status"]), (RECORDED / row["file"]).read_bytes())
    assert error.error_class == row["class"]


def test_no_recorded_error_is_left_out() -> None:
    index = _rows(RECORDED / "INDEX.tsv")
    assert {row["file"] for row in index if row["kind"] == "graph-error"} == STATUSES.keys()


@pytest.mark.parametrize("row", FACTS, ids=lambda row: f"{row['file']}-{row['canonical']}")
def test_facts_that_the_sources_state_about_errors_hold(row: dict[str, str]) -> None:
    error = _failure(STATUSES[row["file"]], (RECORDED / row["file"]).read_bytes())
    assert HOLDS[row["canonical"]](error, row["expected"])


@pytest.mark.parametrize(
    ("code", "subcode", "expected"),
    [
        (10, 2018278, ErrorClass.WINDOW),
        (10, 2534022, ErrorClass.WINDOW),
        (131047, None, ErrorClass.WINDOW),
        (10, None, ErrorClass.TOKEN),
        (190, 463, ErrorClass.TOKEN),
        (190, 2018278, ErrorClass.TOKEN),
        (230, None, ErrorClass.TOKEN),
        (551, 1545041, ErrorClass.RECIPIENT_GONE),
        (131026, None, ErrorClass.RECIPIENT_GONE),
        (100, 33, ErrorClass.BAD_REQUEST),
        (100, 2018001, ErrorClass.RECIPIENT_GONE),
        (100, 2018300, ErrorClass.POLICY),
        (2018300, None, ErrorClass.POLICY),
        (613, 1893016, ErrorClass.POLICY),
        (131049, None, ErrorClass.POLICY),
        (368, None, ErrorClass.POLICY),
        (132001, None, ErrorClass.BAD_REQUEST),
    ],
)
def test_f18_permanent_errors_are_classed_by_code_and_subcode(
    code: int, subcode: int | None, expected: ErrorClass
) -> None:
    error = _failure(400, _error(code, subcode))
    assert (error.error_class, error.code, error.subcode) == (expected, code, subcode)


def test_f18_an_unknown_error_of_a_4xx_is_permanent() -> None:
    assert _failure(400, _error(987654)).error_class is ErrorClass.BAD_REQUEST


def test_f18_an_unknown_error_of_a_5xx_is_ambiguous() -> None:
    assert _failure(500, _error(987654)).error_class is ErrorClass.AMBIGUOUS


@given(st.integers(0, 10**7), st.none() | st.integers(0, 10**7), st.integers(400, 599))
def test_f18_every_code_and_subcode_has_exactly_one_class(
    code: int, subcode: int | None, status: int
) -> None:
    error = _failure(status, _error(code, subcode))
    by_status = _failure(status, b"").error_class
    assert error.error_class is (error_class_of(code, subcode) or by_status)


def test_f18_the_two_tables_never_contradict_each_other() -> None:
    first = {code: error_class for error_class, codes in SEND_API.items() for code in codes}
    second = {code: error_class for error_class, codes in CLOUD_API.items() for code in codes}
    shared = first.keys() & second.keys()
    assert {code: first[code] for code in shared} == {code: second[code] for code in shared}


@pytest.mark.parametrize("table", [SEND_API, CLOUD_API])
def test_f18_no_code_stands_in_two_classes(table: dict[ErrorClass, tuple[int, ...]]) -> None:
    codes = [code for of_class in table.values() for code in of_class]
    assert len(codes) == len(set(codes))


def test_f15_an_error_although_all_messages_were_sent_is_ambiguous() -> None:
    assert _failure(500, _error(1, 1357046)).error_class is ErrorClass.AMBIGUOUS


@pytest.mark.parametrize(("status", "code"), [(500, 1), (503, 2), (500, 131016), (200, 2)])
def test_f15_a_clear_temporary_error_may_be_tried_again(status: int, code: int) -> None:
    assert _failure(status, _error(code)).error_class is ErrorClass.RETRY


def test_f15_a_transient_error_that_nobody_knows_may_be_tried_again() -> None:
    assert _failure(400, _error(987654, is_transient=True)).error_class is ErrorClass.RETRY


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sorry, something went wrong.</html>",
        b'{"message_id":"m_',
        b"[]",
        b"null",
        b'"ok"',
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"success":false}',
        b'{"messages":[]}',
        b'{"message_id":null}',
    ],
)
@pytest.mark.parametrize("status", [200, 500, 502, 302])
def test_f15_an_answer_that_cannot_be_read_is_ambiguous(status: int, body: bytes) -> None:
    assert _failure(status, body).error_class is ErrorClass.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ErrorClass.BAD_REQUEST),
        (401, ErrorClass.TOKEN),
        (404, ErrorClass.BAD_REQUEST),
        (408, ErrorClass.RETRY),
        (429, ErrorClass.RATE),
    ],
)
def test_a_4xx_without_json_is_classed_by_its_status(status: int, expected: ErrorClass) -> None:
    assert _failure(status, b"<html></html>").error_class is expected


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 4), (400, 17), (400, 32), (400, 613), (429, 130429), (400, 131056), (400, 80007)],
)
def test_f16_too_fast_is_a_class_of_its_own(status: int, code: int) -> None:
    assert _failure(status, _error(code)).error_class is ErrorClass.RATE


def test_f16_the_wait_that_meta_asks_for_is_passed_on() -> None:
    error = _failure(429, _error(130429), {"Retry-After": "17"})
    assert error.retry_after_seconds == 17.0


def test_f17_a_dead_token_is_told_apart_whatever_its_subcode() -> None:
    assert _failure(400, _error(190, 460)).reason == "token_190_460"


def test_trap_19_an_error_under_http_200_is_an_error() -> None:
    assert _failure(200, _error(190)).error_class is ErrorClass.TOKEN


def test_trap_19_an_error_without_a_code_under_http_200_is_not_accepted() -> None:
    assert _failure(200, {"error": {"type": "foo"}}).error_class is ErrorClass.BAD_REQUEST


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("(#613) Calls to this api have exceeded the rate limit.", ErrorClass.RATE),
        ("Invalid OAuth access token", ErrorClass.TOKEN),
        ("Something", ErrorClass.BAD_REQUEST),
    ],
)
def test_trap_19_an_error_may_be_a_plain_string(sentence: str, expected: ErrorClass) -> None:
    assert _failure(400, {"error": sentence}).error_class is expected


def test_trap_19_codes_may_be_strings() -> None:
    error = _failure(400, {"error": {"code": "10", "error_subcode": "2018278"}})
    assert (error.code, error.subcode) == (10, 2018278)


@pytest.mark.parametrize("code", [True, 1.5, "x", [], {}])
def test_a_code_that_is_no_number_is_no_code(code: Any) -> None:
    assert _failure(400, _error(code)).code is None


@pytest.mark.parametrize("success", [True, "true"])
def test_trap_19_success_may_be_a_string(success: bool | str) -> None:
    assert read_answer(200, {}, json.dumps({"success": success}).encode()) == Accepted(None)


def test_an_answer_may_list_its_errors() -> None:
    assert _failure(400, {"errors": [{"code": 131047}]}).error_class is ErrorClass.WINDOW


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"recipient_id": "7001", "message_id": "m_1"}, Accepted("m_1", "7001")),
        ({"message_id": "m_1"}, Accepted("m_1")),
        ({"recipient_id": 7001}, Accepted(None, "7001")),
        (
            {"contacts": [{"wa_id": "90555"}], "messages": [{"id": "wamid.1"}]},
            Accepted("wamid.1", "90555"),
        ),
        (
            {"contacts": [{"user_id": "TR.1"}], "messages": [{"id": "wamid.1"}]},
            Accepted("wamid.1", "TR.1"),
        ),
        ({"messages": [{"id": "wamid.1", "message_status": "accepted"}]}, Accepted("wamid.1")),
    ],
)
def test_an_accepted_message_has_its_platform_id(answer: Any, expected: Accepted) -> None:
    assert read_answer(200, {}, json.dumps(answer).encode()) == expected


@pytest.mark.parametrize(
    "file",
    [
        "chatwoot__chatwoot/send_on_whatsapp_service-when-a-valid-message-success_response.json",
        "ignacio-chiazzo__ruby_whatsapp_sdk/messages-send_text_message_with_success_response.json",
        "ignacio-chiazzo__ruby_whatsapp_sdk/messages-send_template_with_success_response_by_passing_components_json.json",
        "bottenderjs__messaging-apis/MessengerClient-send--sendRawBody-should-call-messages-api.json",
    ],
)
def test_recorded_answers_to_a_send_name_their_message(file: str) -> None:
    assert read_answer(200, {}, (RECORDED / file).read_bytes()).platform_message_id


@pytest.mark.parametrize(
    "sentence",
    [
        "(#100) The parameter one_time_notif_token is not a valid token",
        "The one-time notification token was used or has expired",
    ],
)
def test_f08_a_one_time_token_that_was_used_before_is_recognised(sentence: str) -> None:
    error = _failure(400, {"error": {"code": 100, "message": sentence}})
    assert (error.reason, error.error_class) == (ONE_TIME_TOKEN_SPENT, ErrorClass.POLICY)


def test_an_error_carries_none_of_the_sentences_of_meta() -> None:
    error = _failure(400, _error(100, message="Ana, +905551112233, secret-token"))
    assert (str(error), error.reason, error.args) == (
        "bad_request_100",
        "bad_request_100",
        ("bad_request_100",),
    )


def test_a_failed_status_outside_the_window_is_a_window_error() -> None:
    error = classify_status_errors([{"code": 131047, "title": "Re-engagement message"}])
    assert (error.error_class, error.reason) == (ErrorClass.WINDOW, "window_131047")


def test_the_first_known_error_of_a_failed_status_decides() -> None:
    error = classify_status_errors([{"code": 987654}, {"code": 131026}, {"code": 131047}])
    assert error.error_class is ErrorClass.RECIPIENT_GONE


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ([], "bad_request_without_code"),
        ([{}], "bad_request_without_code"),
        ([None], "bad_request_without_code"),
        ([{"code": 987654}], "bad_request_987654"),
    ],
)
def test_a_failed_status_that_nobody_knows_has_a_reason_all_the_same(
    errors: list[Any], reason: str
) -> None:
    assert classify_status_errors(errors).reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "errors", "code", "error_subcode", "message", "messages", "id", "success"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.integers(100, 599), JSON)
def test_any_answer_is_accepted_or_a_send_error(status: int, answer: Any) -> None:
    try:
        outcome: object = read_answer(status, {}, json.dumps(answer).encode())
    except SendError as error:
        outcome = error
    assert isinstance(outcome, Accepted | SendError)
