"""Connecting over HTTP: the token goes in and never comes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import chalicelib
from tests.builders import CHANNEL
from tests.connecting import (
    PARAMETER,
    TOKEN,
    Dashboard,
    FakeChannelSecrets,
    connecting,
    dashboard,
)

PATH = f"/v1/channels/{CHANNEL}"
SETTINGS = {"platform": "messenger", "name": "The Mug Shop"}


@pytest.fixture(scope="module")
def running() -> Iterator[Dashboard]:
    with dashboard() as started:
        yield started


@pytest.fixture
def secrets() -> FakeChannelSecrets:
    return FakeChannelSecrets()


@pytest.fixture
def meta(running: Dashboard, api, secrets, monkeypatch) -> Dashboard:
    running.has()
    running.subscriptions.clear()
    outside = connecting(running, secrets)
    monkeypatch.setattr(chalicelib.bootstrap, "connecting", lambda: outside, raising=False)
    return running


def test_a_token_in_the_settings_connects_the_channel(api, meta, secrets):
    saved = api.change(PATH, SETTINGS | {"access_token": TOKEN})
    assert saved.status == 200
    assert saved.body["connection"]["state"] == "ok"
    assert secrets.tokens == {PARAMETER: TOKEN}


def test_the_token_is_told_nowhere(api, meta, rt):
    saved = api.change(PATH, SETTINGS | {"access_token": TOKEN})
    told = f"{saved.body}{api.get(PATH).body}{api.get('/v1/channels').body}{rt.log.lines}"
    assert TOKEN not in told
    assert "access_token" not in api.get(PATH).body


def test_what_a_connecting_put_answered_may_be_put_back(api, meta):
    answered = api.change(PATH, SETTINGS | {"access_token": TOKEN}).body
    assert api.change(PATH, answered).status == 200


def test_settings_without_a_token_ask_meta_nothing(api, meta):
    before = len(meta.simulator.world.calls.entries())
    saved = api.change(PATH, SETTINGS)
    assert "connection" not in saved.body
    assert len(meta.simulator.world.calls.entries()) == before


def test_a_wrong_token_is_refused_by_the_name_of_its_field(api, meta):
    answer = api.change(PATH, SETTINGS | {"access_token": "EAAG-canary"})
    assert (answer.status, answer.body["field"]) == (400, "access_token")
    assert "EAAG-canary" not in str(answer.body)
    assert api.get(PATH).body["version"] == 0


def test_what_is_missing_stands_in_the_answer_with_its_remedy(api, meta):
    meta.has(permissions=[])
    checks = api.change(PATH, SETTINGS | {"access_token": TOKEN}).body["connection"]["checks"]
    missing = {each["check"] for each in checks if each["state"] == "missing" and each["remedy"]}
    assert missing == {"permissions", "subscription"}


def test_the_connection_can_be_looked_at(api, meta):
    api.change(PATH, SETTINGS | {"access_token": TOKEN})
    assert api.get(f"{PATH}/connection").body["state"] == "ok"


def test_the_connection_can_be_mended(api, meta):
    api.change(PATH, SETTINGS | {"access_token": TOKEN})
    meta.subscriptions.clear()
    assert api.get(f"{PATH}/connection").body["state"] == "missing"
    assert api.post(f"{PATH}/connection", {}).body["state"] == "ok"


def test_a_channel_without_a_token_has_a_connection_to_look_at(api, meta):
    body = api.get(f"{PATH}/connection").body
    assert (body["has_token"], body["checks"][0]["reason"]) == (False, "token_absent")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_channel_has_no_connection(api, meta, method):
    assert api.call(method, "/v1/channels/555/connection").status == 404


@pytest.fixture
def scoped(api, meta):
    """An admin of this channel alone."""
    key = {"name": "new", "role": "admin", "channels": [CHANNEL]}
    return api.by(api.post("/v1/keys", key).body["key"])


# Of an app that is not ours Meta takes no question about a token.
UNJUDGED = SETTINGS | {"access_token": "made-up", "own_app_id": "1"}


def test_a_token_that_nobody_can_judge_points_a_channel_to_no_other_node(scoped, rt):
    """By another channel's node its messages would go out in that channel's name."""
    answer = scoped.change(PATH, UNJUDGED | {"graph_node_id": "777"})
    assert (answer.status, answer.body["reason"]) == (403, "scope")
    assert rt.channels.load(CHANNEL).graph_node_id is None


def test_who_may_reach_no_other_channel_saves_the_rest_with_such_a_token(scoped):
    answer = scoped.change(PATH, UNJUDGED | {"name": "Mugs", "graph_node_id": CHANNEL})
    assert (answer.status, answer.body["name"]) == (200, "Mugs")
