"""How long a version of the Graph API lasts, and the warning before its end."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.adapters.graph_api import warn_of_version_end
from chalicelib.platforms._graph_versions import days_left
from tests import fakes


@pytest.fixture
def log() -> fakes.FakeLog:
    return fakes.FakeLog()


@pytest.mark.parametrize(
    ("version", "today", "expected"),
    [
        ("v21.0", date(2026, 11, 21), 61),
        ("v25.0", date(2028, 7, 29), 0),
        ("v22.0", date(2027, 5, 21), -1),
        ("v26.0", date(2026, 11, 21), None),
        ("v18.0", date(2026, 1, 26), 0),
        ("v9.0", date(2026, 11, 21), -299),
    ],
)
def test_the_days_that_a_version_has_left(version: str, today: date, expected: int | None) -> None:
    assert days_left(version, today) == expected


@pytest.mark.parametrize(
    ("today", "events"),
    [
        (date(2026, 10, 22), []),
        (date(2026, 10, 23), ["graph_version_ends"]),
        (date(2027, 1, 22), ["graph_version_ends"]),
    ],
)
def test_a_version_that_ends_within_90_days_is_logged(
    log: fakes.FakeLog, today: date, events: list[str]
) -> None:
    warn_of_version_end("v21.0", today, log)
    assert log.events == events


def test_a_version_that_ended_before_all_that_we_know_is_logged(log: fakes.FakeLog) -> None:
    warn_of_version_end("v9.0", date(2026, 11, 21), log)
    assert log.events == ["graph_version_ends"]


def test_a_version_without_an_end_is_not_logged(log: fakes.FakeLog) -> None:
    warn_of_version_end("v26.0", date(2030, 1, 1), log)
    assert log.events == []
