"""The log: JSON lines of listed facts. Canaries in every other place never come out (S06)."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.logging import FIELDS, FINGERPRINTED, JsonLog, fingerprint
from chalicelib.core.ids import attempt_id
from tests.builders import NOON

ROOT = Path(__file__).parents[2]

TEXT = "canary: I would like the blue mug"
NAME = "Canary Jones"
PHONE = "+49 170 555 0199"
TOKEN = "EAACANARY token"


@pytest.fixture
def log() -> JsonLog:
    return JsonLog("test", lambda: NOON)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_one_json_object(log: JsonLog, capsys: pytest.CaptureFixture[str]) -> None:
    log.info("delivery_accepted", events=3, bytes=900)
    assert lines(capsys) == [
        {
            "at": NOON.isoformat(),
            "level": "info",
            "event": "delivery_accepted",
            "stage": "test",
            "events": 3,
            "bytes": 900,
        }
    ]


def test_a_warning_says_so(log: JsonLog, capsys: pytest.CaptureFixture[str]) -> None:
    log.warning("queue_refused", error="RequestThrottled")
    assert lines(capsys)[0]["level"] == "warning"


@pytest.mark.parametrize("field", ["text", "name", "phone", "token", "secret", "body", "headers"])
def test_s06_a_field_that_is_not_listed_is_left_out_and_named(
    log: JsonLog, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    log.info("message_sent", **{field: "canary"})
    line = lines(capsys)[0]
    assert (line["left_out"], "canary" in line.values()) == ([field], False)


@pytest.mark.parametrize(
    "canary", [TEXT, NAME, PHONE, TOKEN, "naïve", "a\nb", "x" * 201, {"k": "v"}]
)
@pytest.mark.parametrize("field", ["reason", "error", "channel_id"])
def test_s06_a_listed_field_takes_codes_only(
    log: JsonLog, capsys: pytest.CaptureFixture[str], field: str, canary: object
) -> None:
    log.info("message_refused", **{field: canary})
    assert lines(capsys)[0][field] == "withheld"


@pytest.mark.parametrize("field", sorted(FINGERPRINTED))
def test_s06_ids_of_people_and_messages_are_fingerprints(
    log: JsonLog, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    log.info("message_stored", **{field: "wamid.HBgLMTY1MDU1NTEyMzQ"})
    assert lines(capsys)[0][field] == fingerprint("wamid.HBgLMTY1MDU1NTEyMzQ")


@pytest.mark.parametrize(
    "own",
    [attempt_id("reply#1"), "059f36b4-87a3-44ab-83d2-661975830a7d"],
    ids=["attempt", "record"],
)
def test_ids_that_are_not_metas_stand_as_they_are(
    log: JsonLog, capsys: pytest.CaptureFixture[str], own: str
) -> None:
    log.info("message_sent", message_id=own)
    assert lines(capsys)[0]["message_id"] == own


def logged_facts() -> set[str]:
    """Every keyword that the shipped code gives to a log."""
    calls = [
        node
        for path in (ROOT / "chalicelib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    logs = [call for call in calls if call.func.attr in ("info", "warning")]
    return {keyword.arg for call in logs for keyword in call.keywords}


def test_every_fact_that_the_code_logs_is_listed() -> None:
    assert logged_facts() - FIELDS - FINGERPRINTED == set()


def test_s06_nothing_free_can_be_a_listed_field() -> None:
    free = {"text", "name", "title", "phone", "token", "secret", "body", "payload", "caption"}
    assert not free & (FIELDS | FINGERPRINTED)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.dictionaries(st.text(max_size=20), st.text() | st.integers() | st.none()))
def test_any_fact_gives_one_line(
    log: JsonLog, capsys: pytest.CaptureFixture[str], facts: dict[str, Any]
) -> None:
    log.info(
        "tried", **{name: fact for name, fact in facts.items() if name not in ("event", "self")}
    )
    assert len(lines(capsys)) == 1


@pytest.mark.parametrize("odd", [2**70, -(2**63), float("nan"), float("inf")])
def test_a_number_that_json_does_not_know_is_told_as_text(
    log: JsonLog, capsys: pytest.CaptureFixture[str], odd: float
) -> None:
    log.info("tried", bytes=odd)
    assert lines(capsys)[0]["bytes"] == str(odd)


def test_a_counter_is_an_embedded_metric(log: JsonLog, capsys: pytest.CaptureFixture[str]) -> None:
    log.count("quarantined", reason="unreadable")
    definition = {
        "Namespace": "Hearback",
        "Dimensions": [["stage", "reason"]],
        "Metrics": [{"Name": "quarantined", "Unit": "Count"}],
    }
    assert lines(capsys) == [
        {
            "_aws": {
                "Timestamp": int(NOON.timestamp() * 1000),
                "CloudWatchMetrics": [definition],
            },
            "stage": "test",
            "reason": "unreadable",
            "quarantined": 1,
        }
    ]


def test_s06_a_dimension_takes_codes_only(log: JsonLog, capsys: pytest.CaptureFixture[str]) -> None:
    log.count("unknown_events", kind=TEXT)
    assert lines(capsys)[0]["kind"] == "withheld"
