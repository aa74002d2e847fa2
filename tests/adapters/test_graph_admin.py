"""Calls that are no messages: made once, with the token in a header, and never raising."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.adapters import http
from chalicelib.adapters.graph_admin import GraphAdmin
from chalicelib.platforms._connecting import Answer, Call
from tests import builders, fakes
from tests.connecting import TOKEN, Dashboard, FakeChannelSecrets, connecting, dashboard

ME = Call(path="/me", query={"fields": "id"})


@pytest.fixture(scope="module")
def meta() -> Iterator[Dashboard]:
    with dashboard() as started:
        yield started


@pytest.fixture
def graph(meta: Dashboard) -> GraphAdmin:
    meta.has()
    made = connecting(meta, FakeChannelSecrets()).graph
    assert isinstance(made, GraphAdmin)
    return made


def test_an_answer_is_status_and_object(graph: GraphAdmin) -> None:
    assert graph.call(ME, TOKEN) == Answer(200, {"id": builders.CHANNEL})


def test_a_refusal_is_an_answer_too(graph: GraphAdmin) -> None:
    answer = graph.call(ME, "unknown")
    assert (answer.status, answer.code, answer.is_ok) == (401, 190, False)


def test_a_body_is_sent_as_json(graph: GraphAdmin, meta: Dashboard) -> None:
    graph.call(Call(method="POST", path="/me/subscribed_apps", body={"a": "b"}), TOKEN)
    assert meta.simulator.control("GET", "/_log")[-1]["body"] == {"a": "b"}


def test_nobody_there_is_an_answer_without_status() -> None:
    log = fakes.FakeLog()
    settings = builders.settings(stage="local", graph_url="http://127.0.0.1:1")
    answer = GraphAdmin(settings, FakeChannelSecrets(), log).call(ME, TOKEN)
    assert answer == Answer()
    assert log.lines == [("graph_not_asked", {"reason": "retry_no_connection"})]


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (200, b"<html>", Answer()),
        (502, b"<html>", Answer(502)),
        (200, b"[]", Answer(200, {})),
        (200, json.dumps({"id": "1"}).encode(), Answer(200, {"id": "1"})),
    ],
)
def test_what_is_no_object_is_no_answer(
    graph: GraphAdmin,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    content: bytes,
    expected: Answer,
) -> None:
    monkeypatch.setattr(http, "once", lambda *_: http.Answer(status, {}, content))
    assert graph.call(ME, TOKEN) == expected
