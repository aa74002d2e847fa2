"""Profiles over HTTP: stored with the ETag of the settings, applied, and shown with their drift."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import chalicelib
from chalicelib.core.access import Role
from tests import builders
from tests.builders import CHANNEL
from tests.connecting import (
    PARAMETER,
    TOKEN,
    Dashboard,
    FakeChannelSecrets,
    connecting,
    dashboard,
)

CHANNEL_PATH = f"/v1/channels/{CHANNEL}"
PATH = f"{CHANNEL_PATH}/profile"
PROFILE = {
    "get_started": "start",
    "greeting": [{"text": "Hi!", "locale": "default"}],
    "persistent_menu": [
        {"items": [{"title": "Shop", "url": "https://shop.example"}], "locale": "default"}
    ],
}


@pytest.fixture(scope="module")
def running() -> Iterator[Dashboard]:
    with dashboard() as started:
        yield started


@pytest.fixture
def meta(running: Dashboard, api, rt, monkeypatch) -> Dashboard:
    running.has()
    running.simulator.world.state.profiles.clear()
    rt.channels.save(builders.channel(version=1, token_parameter=PARAMETER))
    outside = connecting(running, FakeChannelSecrets(**{PARAMETER: TOKEN}))
    monkeypatch.setattr(chalicelib.bootstrap, "connecting", lambda: outside, raising=False)
    return running


def test_a_profile_that_was_put_is_what_the_platform_has(api, meta):
    answer = api.change(PATH, PROFILE)
    assert (answer.status, answer.body["state"], answer.body["version"]) == (200, "same", 2)
    assert answer.body["actual"] == answer.body["wanted"] == PROFILE


def test_the_profile_is_a_setting_of_the_channel(api, meta):
    tag = api.change(PATH, PROFILE).headers["ETag"]
    settings = api.get(CHANNEL_PATH)
    assert (settings.body["profile"], settings.headers["ETag"]) == (PROFILE, tag)


def test_a_profile_that_is_only_stored_is_told_as_drift(api, meta):
    settings = {"platform": "messenger", "name": "Mugs", "token_parameter": PARAMETER}
    api.change(CHANNEL_PATH, settings | {"profile": PROFILE})
    body = api.get(PATH).body
    assert (body["state"], {each["state"] for each in body["drift"]}) == ("drift", {"missing"})


def test_drift_is_told_field_by_field(api, meta):
    api.change(PATH, PROFILE)
    shown = meta.simulator.world.state.profiles[CHANNEL]
    shown["greeting"] = [{"locale": "default", "text": "Changed by hand"}]
    body = api.get(PATH).body
    assert (body["state"], body["drift"]) == (
        "drift",
        [{"field": "greeting", "state": "differs"}],
    )


def test_what_the_platform_has_is_shown_before_it_is_ours(api, meta):
    meta.simulator.world.state.profiles[CHANNEL] = {"get_started": {"payload": "go"}}
    body = api.get(PATH).body
    assert (body["state"], body["wanted"], body["actual"]) == (
        "unmanaged",
        None,
        {"get_started": "go"},
    )


def test_a_change_needs_the_version_that_was_read(api, meta):
    assert api.put(PATH, PROFILE).status == 428
    assert api.put(PATH, PROFILE, If_Match='"7"').status == 412


def test_the_field_at_fault_is_named(api, meta):
    answer = api.change(PATH, PROFILE | {"greeting": [{"text": ""}]})
    assert (answer.status, answer.body["field"]) == (400, "greeting[0].text")


def test_a_key_that_may_only_read_looks_and_changes_nothing(api, meta, keys, rt):
    reader = api.post("/v1/keys", {"name": "Till", "role": Role.READ}).body["key"]
    looked = api.by(reader).get(PATH)
    assert looked.status == 200
    assert api.by(reader).put(PATH, PROFILE, If_Match=looked.headers["ETag"]).status == 403


def test_an_unknown_channel_has_no_profile(api, meta):
    assert api.get("/v1/channels/555/profile").status == 404
    assert api.put("/v1/channels/555/profile", PROFILE, If_Match='"1"').status == 404
