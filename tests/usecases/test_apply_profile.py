"""A profile is stored and applied: only what differs, as often as you like, on every platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.platforms._connecting import Answer, Call
from chalicelib.ports import Connecting, Runtime
from chalicelib.usecases import apply_profile, read_profile
from chalicelib.usecases.errors import ConditionMissing, InvalidInput, NotFound, Outdated
from chalicelib.usecases.read_profile import ProfileView
from chalicelib.usecases.save_channel import Precondition
from tests import builders, fakes
from tests.builders import CHANNEL
from tests.connecting import (
    PARAMETER,
    TOKEN,
    Dashboard,
    FakeChannelSecrets,
    connecting,
    dashboard,
)

ACCOUNT, NUMBER = "17841400000000001", "106540352242922"
ITEM = {"title": "Prices", "payload": "prices"}
ASKED = {"question": "Open?", "payload": "x"}
PAGES: dict[str, Any] = {
    "greeting": [{"text": "Hi {{user_first_name}}!"}],
    "get_started": "start",
    "ice_breakers": [{"questions": [ASKED]}, {"questions": [ASKED], "locale": "tr_TR"}],
    "persistent_menu": [{"items": [ITEM, {"title": "Shop", "url": "https://a.example"}]}],
    "commands": [{"commands": [{"name": "track", "description": "Where is it?"}]}],
}
ACCOUNTS = {name: PAGES[name] for name in ("ice_breakers", "persistent_menu")}
NUMBERS = {
    "ice_breakers": [{"questions": [{"question": "Open?"}]}],
    "commands": PAGES["commands"],
}
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "messenger": ({}, {}, PAGES),
    "instagram-facebook": (
        {"channel_id": ACCOUNT, "node_id": "55"},
        {"graph_node_id": "55"},
        ACCOUNTS,
    ),
    "instagram-instagram": (
        {"channel_id": ACCOUNT, "login": "instagram"},
        {"graph_host": "instagram"},
        ACCOUNTS,
    ),
    "whatsapp": ({"channel_id": NUMBER}, {}, NUMBERS),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Dashboard]:
    with dashboard() as started:
        yield started


@pytest.fixture
def meta(running: Dashboard) -> Dashboard:
    running.simulator.world.state.profiles.clear()
    running.simulator.world.state.channels.clear()
    running.has()
    return running


@pytest.fixture
def secrets() -> FakeChannelSecrets:
    return FakeChannelSecrets(**{PARAMETER: TOKEN})


@pytest.fixture
def outside(meta: Dashboard, secrets: FakeChannelSecrets) -> Connecting:
    return connecting(meta, secrets)


@pytest.fixture
def rt() -> Runtime:
    made = fakes.runtime()
    made.channels.save(builders.channel(version=1, token_parameter=PARAMETER))
    return made


def put(
    rt: Runtime, outside: Connecting, profile: Any, *, channel_id: str = CHANNEL
) -> ProfileView:
    """On the version that is stored."""
    stored = rt.channels.load(channel_id)
    given = Precondition(versions={stored.version if stored else 0})
    return apply_profile.run(channel_id, profile, given, rt, outside)


def shown(meta: Dashboard, channel_id: str = CHANNEL) -> dict[str, Any]:
    """What customers see."""
    return meta.simulator.world.state.profiles.get(channel_id, {})


def changed(meta: Dashboard) -> int:
    return len(meta.calls("POST")) + len(meta.calls("DELETE"))


@pytest.mark.parametrize("way", WAYS)
def test_every_platform_shows_what_is_wanted_and_again_changes_nothing(
    meta: Dashboard, outside: Connecting, way: str
) -> None:
    known, settings, profile = WAYS[way]
    platform, rt = way.partition("-")[0], fakes.runtime()
    meta.simulator.world.state.channels.clear()  # tokens are one channel's each
    meta.has(platform=platform, token=TOKEN, **known)
    channel_id = known.get("channel_id", CHANNEL)
    named = settings | {"platform": platform, "channel_id": channel_id, "version": 1}
    rt.channels.save(builders.channel(token_parameter=PARAMETER, **named))
    view = put(rt, outside, profile, channel_id=channel_id)
    assert (view.drift, view.refused, view.problem) == ((), (), None)
    assert view.actual == view.channel.profile
    before = changed(meta)
    again = put(rt, outside, profile, channel_id=channel_id)
    assert (changed(meta), again.channel.version) == (before, view.channel.version)


def test_the_profile_is_stored_in_the_settings(rt: Runtime, outside: Connecting) -> None:
    view = put(rt, outside, PAGES)
    assert rt.channels.load(CHANNEL) == view.channel
    assert view.channel.version == 2


def test_only_the_field_that_changed_is_set(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    put(rt, outside, PAGES)
    before = changed(meta)
    put(rt, outside, PAGES | {"get_started": "begin"})
    assert shown(meta)["get_started"] == {"payload": "begin"}
    assert changed(meta) == before + 1


def test_what_is_no_longer_wanted_is_deleted(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    put(rt, outside, PAGES)
    put(rt, outside, {"greeting": PAGES["greeting"]})
    assert shown(meta).keys() == {"greeting"}


def test_an_empty_profile_takes_everything_away(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    put(rt, outside, PAGES)
    assert put(rt, outside, {}).drift == ()
    assert shown(meta) == {}


def test_what_somebody_changed_by_hand_is_told_and_put_back(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    channel = put(rt, outside, PAGES).channel
    shown(meta)["get_started"] = {"payload": "by hand"}
    del shown(meta)["commands"]
    told = read_profile.run(channel, rt, outside).drift
    assert [f"{each.field} {each.state}" for each in told] == [
        "get_started differs",
        "commands missing",
    ]
    assert put(rt, outside, PAGES).drift == ()


def test_looking_changes_nothing(rt: Runtime, outside: Connecting, meta: Dashboard) -> None:
    before = changed(meta)
    channel = rt.channels.load(CHANNEL)
    assert channel is not None
    view = read_profile.run(channel, rt, outside)
    assert (view.drift, view.channel.profile, changed(meta)) == ((), None, before)


class Refusing:
    """Meta, which refuses calls with this word in their body."""

    def __init__(self, outside: Connecting, word: str, answer: Answer) -> None:
        self._graph, self._word, self._answer = outside.graph, word, answer

    def call(self, call: Call, token: str) -> Answer:
        return self._answer if self._word in str(call.body) else self._graph.call(call, token)


REFUSED = Answer(400, {"error": {"code": 100}})


def test_a_half_applied_profile_is_named_and_completed_by_repeating(
    rt: Runtime, outside: Connecting, secrets: FakeChannelSecrets
) -> None:
    half = Connecting(Refusing(outside, "user_first_name", REFUSED), secrets)
    view = put(rt, half, PAGES)
    assert [each.field for each in view.drift] == ["greeting"]
    [refused] = view.refused
    assert (refused.fields, refused.sentence) == (
        ("greeting",),
        "Meta refused it with error 100.",
    )
    assert put(rt, outside, PAGES).drift == ()


def test_what_nobody_answered_is_not_taken_for_applied(
    rt: Runtime, outside: Connecting, secrets: FakeChannelSecrets
) -> None:
    silent = Connecting(Refusing(outside, "get_started", Answer()), secrets)
    view = put(rt, silent, PAGES)
    assert view.actual is None
    assert {each.sentence for each in view.refused} == {read_profile.SILENT}
    assert view.problem == read_profile.SILENT


def test_without_a_token_the_profile_is_stored_and_nothing_asked(
    rt: Runtime, outside: Connecting, secrets: FakeChannelSecrets, meta: Dashboard
) -> None:
    secrets.tokens.clear()
    before = changed(meta)
    view = put(rt, outside, PAGES)
    assert (view.problem, changed(meta)) == (read_profile.NO_TOKEN, before)
    stored = rt.channels.load(CHANNEL)
    assert stored is not None
    assert stored.profile is not None


def test_a_dead_token_is_told_by_its_code(rt: Runtime, outside: Connecting) -> None:
    dead = Connecting(outside.graph, FakeChannelSecrets(**{PARAMETER: "another"}))
    assert put(rt, dead, PAGES).problem == "Meta refused it with error 190."


def test_the_field_at_fault_is_named_within_the_profile(rt: Runtime, outside: Connecting) -> None:
    with pytest.raises(InvalidInput) as refused:
        put(rt, outside, {"ice_breakers": [{"questions": []}]})
    assert refused.value.field == "ice_breakers[0].questions"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Precondition(), ConditionMissing),
        (Precondition(versions={7}), Outdated),
        (Precondition(is_new=True), Outdated),
    ],
)
def test_of_two_editors_one_wins(
    rt: Runtime, outside: Connecting, given: Precondition, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        apply_profile.run(CHANNEL, PAGES, given, rt, outside)


def test_a_change_between_reading_and_saving_is_told(
    rt: Runtime, outside: Connecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rt.channels, "save", lambda channel: False)
    with pytest.raises(Outdated):
        put(rt, outside, PAGES)


def test_a_channel_that_is_not_connected_has_no_profile(rt: Runtime, outside: Connecting) -> None:
    with pytest.raises(NotFound):
        put(rt, outside, PAGES, channel_id="555")


def test_the_other_settings_stay(rt: Runtime, outside: Connecting) -> None:
    before = rt.channels.load(CHANNEL)
    after = put(rt, outside, PAGES).channel
    assert before is not None
    kept = replace(after, profile=None, version=1, updated_at=before.updated_at)
    assert kept == before
