"""What runs of handlers take is counted, not guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.adapters import http
from chalicelib.adapters.logging import JsonLog
from devtools.benchmark import handler_runs
from devtools.benchmark.handler_runs import Probe
from devtools.benchmark.metering import Meter

LOG = JsonLog("prod", lambda: datetime(2026, 11, 22, tzinfo=UTC))


def probed(*lines: str) -> handler_runs.Run:
    probe = Probe(Meter())
    for name in lines:
        probe.run(lambda name=name: LOG.count(name))  # type: ignore[misc]
    return probe.result()


def test_log_lines_are_counted_by_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    LOG.count("sends_paced")
    written = len(capsys.readouterr().out)
    assert probed("sends_paced", "sends_paced").log_bytes == written


def test_a_counter_is_a_metric_however_often_it_counts() -> None:
    assert probed("sends_paced", "sends_paced", "channels_paused").counters == 2


def test_the_webhook_takes_what_it_is_measured_with() -> None:
    found = handler_runs.received()
    assert (found.cpu_ms > 0, found.log_bytes > 0) == (True, True)


def test_bytes_to_meta_are_counted_and_the_message_is_taken() -> None:
    graph, session = handler_runs.AnsweringGraph(), http.new_session()
    session.mount("https://", graph)
    call = http.Call(
        method="POST",
        url="https://graph.facebook.com/v25.0/1/messages",
        query={},
        headers={},
        body={"text": "x" * 500},
        timeouts=(1, 1),
    )
    assert http.once(session, call).status == 200
    assert 500 < graph.sent_bytes < 1000
