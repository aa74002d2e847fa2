"""The stand-in fails when it is told to, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import ACCEPTED, NUMBER, PAGE, PSID, Meta, code_of, text_to


def _fault(meta: Meta, kind: str, **facts: Any) -> None:
    meta.control("POST", "/_faults", [{"kind": kind, "seconds": 0.1, **facts}])


def _accepted(meta: Meta) -> list[bool]:
    return [call["accepted"] for call in meta.control("GET", "/_log")]


def test_an_error_is_answered_as_often_as_it_was_ordered(meta: Meta) -> None:
    meta.writes(PAGE)
    _fault(meta, "error", code=613, times=2)
    codes = [code_of(meta.sends(PAGE, text_to(PAGE)))[0] for _ in range(3)]
    assert codes == [613, 613, None]


def test_an_error_has_the_status_code_and_subcode_that_were_ordered(meta: Meta) -> None:
    meta.writes(PAGE)
    _fault(meta, "error", code=1, subcode=1357046, status=500)
    answer = meta.sends(PAGE, text_to(PAGE))
    assert (answer[0], code_of(answer)) == (500, (1, 1357046))


def test_an_error_may_have_no_code(meta: Meta) -> None:
    meta.writes(PAGE)
    _fault(meta, "error")
    assert "code" not in meta.sends(PAGE, text_to(PAGE))[1]["error"]


@pytest.mark.parametrize(
    "match",
    [{"channel_id": NUMBER}, {"platform": "whatsapp"}, {"recipient": "7002"}, {"text": "other"}],
)
def test_a_fault_strikes_only_what_it_matches(meta: Meta, match: dict[str, str]) -> None:
    meta.writes(PAGE)
    _fault(meta, "error", code=2, match=match)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == ACCEPTED


@pytest.mark.parametrize(
    "match", [{"channel_id": PAGE}, {"recipient": PSID}, {"text": "Hello", "platform": "messenger"}]
)
def test_a_fault_strikes_what_it_matches(meta: Meta, match: dict[str, str]) -> None:
    meta.writes(PAGE)
    _fault(meta, "error", code=2, match=match)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == (2, None)


@pytest.mark.parametrize("kind", ["timeout_before", "reset_before", "http_500_html", "error"])
def test_a_failure_before_acceptance_takes_nothing(meta: Meta, kind: str) -> None:
    meta.writes(PAGE)
    _fault(meta, kind)
    meta.sends(PAGE, text_to(PAGE))
    assert (_accepted(meta), meta.delivered("echo")) == ([False], [])


@pytest.mark.parametrize(
    "kind",
    ["timeout_after", "reset_after", "truncated_after", "html_after", "http_500_html_after"],
)
def test_a_failure_after_acceptance_takes_the_message(meta: Meta, kind: str) -> None:
    meta.writes(PAGE)
    _fault(meta, kind)
    meta.sends(PAGE, text_to(PAGE))
    assert (_accepted(meta), len(meta.delivered("echo"))) == ([True], 1)


def test_a_call_that_got_no_answer_has_no_status_in_the_log(meta: Meta) -> None:
    meta.writes(PAGE)
    _fault(meta, "timeout_after")
    meta.sends(PAGE, text_to(PAGE))
    [call] = meta.control("GET", "/_log")
    assert (call["status"], call["answer"], call["accepted"]) == (None, None, True)


@pytest.mark.parametrize(
    ("kind", "status"), [("http_500_html", 500), ("http_500_html_after", 500), ("html_after", 200)]
)
def test_the_log_has_the_status_that_went_out(meta: Meta, kind: str, status: int) -> None:
    meta.writes(PAGE)
    _fault(meta, kind)
    meta.sends(PAGE, text_to(PAGE))
    assert [call["status"] for call in meta.control("GET", "/_log")] == [status]


@pytest.mark.parametrize("channel_id", [PAGE, NUMBER])
def test_a_webhook_may_come_several_times(meta: Meta, channel_id: str) -> None:
    _fault(meta, "duplicates", copies=2, match={"kind": "message"})
    meta.writes(channel_id)
    assert len(meta.delivered("message")) == 3


def test_a_webhook_may_come_late(meta: Meta) -> None:
    _fault(meta, "delay", match={"kind": "message"})
    meta.writes(PAGE, text="first")
    meta.acts("postback", PAGE)
    meta.delivered("message")
    assert [one["kind"] for one in meta.control("GET", "/_deliveries")] == ["postback", "message"]


def test_webhooks_may_come_in_disorder_and_none_is_lost(meta: Meta) -> None:
    _fault(meta, "shuffle", size=6, times=6)
    mids = [meta.writes(PAGE)["mid"] for _ in range(6)]
    webhooks = meta.delivered("message")
    came = [one["entry"][0]["messaging"][0]["message"]["mid"] for one in webhooks]
    assert sorted(came) == sorted(mids)
    assert came != mids


def test_a_shuffle_that_does_not_fill_goes_out_after_a_while(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devtools.simulator.courier.GATHERING_SECONDS", 0.05)
    _fault(meta, "shuffle", size=100, times=2)
    meta.writes(PAGE)
    meta.writes(PAGE)
    assert len(meta.delivered("message")) == 2


def test_faults_can_be_called_off(meta: Meta) -> None:
    _fault(meta, "error", code=2, times=9)
    meta.control("DELETE", "/_faults")
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == ACCEPTED


@pytest.mark.parametrize("order", [[{"kind": "explode"}], [{"kind": "error", "tmies": 2}], {}])
def test_a_fault_that_nobody_knows_is_refused(meta: Meta, order: Any) -> None:
    with pytest.raises(ValueError, match=r"Invalid enum|unknown field|Expected `array`"):
        meta.control("POST", "/_faults", order)


def test_deliveries_can_be_repeated_in_disorder(meta: Meta) -> None:
    sent = [meta.writes(PAGE)["mid"] for _ in range(4)]
    meta.delivered("message")
    meta.control("POST", "/_deliver", {"last": 3, "copies": 2, "shuffled": True})
    webhooks = meta.delivered("message")[4:]
    again = [one["entry"][0]["messaging"][0]["message"]["mid"] for one in webhooks]
    assert sorted(again) == sorted(sent[1:] * 2)


def test_one_delivery_can_be_repeated_by_its_id(meta: Meta) -> None:
    first, _ = meta.writes(PAGE), meta.writes(PAGE)
    meta.delivered("message")
    meta.control("POST", "/_deliver", {"ids": [first["delivery_id"]]})
    assert meta.delivered("message")[2:] == [first["body"]]


def test_any_payload_can_be_delivered(meta: Meta) -> None:
    meta.control("POST", "/_deliver", {"payload": {"object": "page", "entry": []}})
    assert meta.delivered("given") == [{"object": "page", "entry": []}]
