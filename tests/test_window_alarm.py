"""The alarm on window refusals watches the very counter that is written."""

from __future__ import annotations

import json

import pytest

from chalicelib.adapters.logging import JsonLog
from chalicelib.core.messages import Message
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.usecases import report_window_refusal
from tests import builders, fakes
from tests.template import properties


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    """What a refusal prints: the line with both verdicts, and the counter."""
    rt = fakes.runtime(builders.channel(), log=JsonLog("prod", lambda: builders.NOON))
    rt.conversations.save(builders.conversation(window_opened_by="message"))
    row: Message = builders.our_message(deadline=builders.NOON)
    error = SendError("window_10_2018278", error_class=ErrorClass.WINDOW, code=10, subcode=2018278)
    report_window_refusal.run(row, error, None, rt)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_counter_has_the_name_and_the_dimensions_of_the_alarm(printed: list[dict]) -> None:
    (metric,) = printed[1]["_aws"]["CloudWatchMetrics"]
    alarm = properties("WindowRefusalAlarm")
    assert metric["Namespace"] == alarm["Namespace"]
    assert [each["Name"] for each in metric["Metrics"]] == [alarm["MetricName"]]
    assert metric["Dimensions"] == [[each["Name"] for each in alarm["Dimensions"]]]
    assert alarm["Dimensions"][0]["Value"] == {"Ref": "Stage"}


def test_one_refusal_alarms(printed: list[dict]) -> None:
    alarm = properties("WindowRefusalAlarm")
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == (
        "Sum",
        0,
        "GreaterThanThreshold",
    )
    assert printed[1]["window_refusals"] == 1


def test_both_verdicts_reach_the_log_whole(printed: list[dict]) -> None:
    line = printed[0]
    assert "left_out" not in line
    assert (line["basis"], line["deadline"]) == ("standard_window", builders.NOON.isoformat())
    assert (line["window_opened_by"], line["code"], line["subcode"]) == ("message", 10, 2018278)
