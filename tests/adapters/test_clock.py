"""The clock of the functions: real, or in stage local the file that `devtools.clock` moves."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib import config
from chalicelib.adapters.clock import clock, sleep, stopwatch
from devtools import clock as tool
from tests.builders import settings

SOON = timedelta(seconds=30)  # for the test itself to run
CHRISTMAS = datetime(2026, 12, 24, 18, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock.json"


def _test_clock(path: Path) -> datetime:
    return clock(settings(stage="local", test_clock=str(path)))()


def test_time_is_real_without_a_test_clock() -> None:
    assert abs(datetime.now(UTC) - clock(settings())()) < SOON


def test_time_is_aware_utc() -> None:
    assert clock(settings())().tzinfo is UTC


def test_time_is_real_until_somebody_moves_the_test_clock(path: Path) -> None:
    assert abs(datetime.now(UTC) - _test_clock(path)) < SOON


def test_functions_follow_a_clock_that_is_set(path: Path) -> None:
    tool.set_to(CHRISTMAS, path)
    assert timedelta(0) <= _test_clock(path) - CHRISTMAS < SOON


def test_functions_follow_a_clock_that_is_moved_while_they_run(path: Path) -> None:
    running = clock(settings(stage="local", test_clock=str(path)))
    before = running()
    tool.advance(timedelta(days=3), path)
    assert timedelta(days=3) <= running() - before < timedelta(days=3) + SOON


def test_advances_add_up(path: Path) -> None:
    tool.set_to(CHRISTMAS, path)
    tool.advance(timedelta(hours=1), path)
    tool.advance(timedelta(hours=1), path)
    assert timedelta(hours=2) <= _test_clock(path) - CHRISTMAS < timedelta(hours=2) + SOON


def test_real_takes_all_back(path: Path) -> None:
    tool.set_to(CHRISTMAS, path)
    tool.go_real(path)
    assert abs(datetime.now(UTC) - _test_clock(path)) < SOON


def test_the_tools_time_is_the_functions_time(path: Path) -> None:
    tool.set_to(CHRISTMAS, path)
    assert abs(tool.now(path) - _test_clock(path)) < SOON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3d", timedelta(days=3)),
        ("2h", timedelta(hours=2)),
        ("15m", timedelta(minutes=15)),
        ("30s", timedelta(seconds=30)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("0.5h", timedelta(minutes=30)),
    ],
)
def test_spans_of_time_are_understood(text: str, expected: timedelta) -> None:
    assert tool.span(text) == expected


@pytest.mark.parametrize("text", ["", "3", "d", "3w", "-3d", "3d ", "3 d"])
def test_other_spans_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="span of time"):
        tool.span(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-24T18:00:00Z", CHRISTMAS),
        ("2026-12-24T19:00:00+01:00", CHRISTMAS),
        ("2026-12-24T18:00", CHRISTMAS),
        ("2026-12-24", datetime(2026, 12, 24, tzinfo=UTC)),
    ],
)
def test_moments_are_utc_unless_they_say_otherwise(text: str, expected: datetime) -> None:
    assert tool.moment(text) == expected


@pytest.mark.parametrize("words", [["set"], ["set", "soon"], ["advance", "3w"], ["stop"]])
def test_wrong_words_are_refused_with_a_hint(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(words) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("variable", ["TEST_CLOCK", "GRAPH_URL"])
def test_any_other_stage_refuses_to_start_with_local_switches(variable: str) -> None:
    with pytest.raises(config.ConfigError, match=variable):
        config.load({"STAGE": "prod", variable: "anything"})


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(hours=-1)])
def test_what_is_remembered_ages_when_the_test_clock_is_moved(path: Path, by: timedelta) -> None:
    seconds = stopwatch(settings(stage="local", test_clock=str(path)))
    before = seconds()
    tool.advance(by, path)
    assert 3600 <= seconds() - before < 3600 + SOON.total_seconds()


def test_what_is_remembered_ages_by_itself_without_a_test_clock() -> None:
    assert stopwatch(settings()) is time.monotonic


@pytest.mark.parametrize("seconds", [0, -0.2])
def test_a_turn_that_has_come_by_itself_is_not_waited_for(seconds: float) -> None:
    began = time.monotonic()
    sleep(seconds)
    assert time.monotonic() - began < 1
