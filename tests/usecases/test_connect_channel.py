"""Connecting by a token: it is checked before anything changes; what is missing loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core.access import ApiKey, Role
from chalicelib.core.connection import Check, CheckState, Reason
from chalicelib.core.connection_findings import worst
from chalicelib.ports import Connecting, Runtime
from chalicelib.usecases import check_channel, connect_channel
from chalicelib.usecases.connect_channel import Connected
from chalicelib.usecases.errors import Conflict, InvalidInput, Outdated
from chalicelib.usecases.save_channel import Precondition
from tests import builders, fakes
from tests.builders import CHANNEL, NOON
from tests.connecting import (
    APP_ID,
    PARAMETER,
    TOKEN,
    Dashboard,
    FakeChannelSecrets,
    connecting,
    dashboard,
)

NEW = Precondition(is_new=True)
ACCOUNT, NUMBER = "17841400000000001", "106540352242922"


@pytest.fixture(scope="module")
def running() -> Iterator[Dashboard]:
    with dashboard() as started:
        yield started


@pytest.fixture
def meta(running: Dashboard) -> Dashboard:
    """The stand-in, which has forgotten what tests before did."""
    state = running.simulator.world.state
    state.channels.clear()
    state.app_webhooks.clear()
    state.subscriptions.clear()
    running.has()
    return running


@pytest.fixture
def secrets() -> FakeChannelSecrets:
    return FakeChannelSecrets()


@pytest.fixture
def outside(meta: Dashboard, secrets: FakeChannelSecrets) -> Connecting:
    return connecting(meta, secrets)


@pytest.fixture
def rt() -> Runtime:
    """Nothing is connected yet."""
    return fakes.runtime()


def connect(
    rt: Runtime, outside: Connecting, given: Precondition = NEW, **settings: Any
) -> Connected:
    known = {"platform": "messenger", "name": "Mugs", "access_token": TOKEN}
    channel_id = settings.pop("channel_id", CHANNEL)
    by = ApiKey(key_hash="a", key_id="1", role=Role.ADMIN)
    return connect_channel.run(channel_id, known | settings, given, rt, outside, by=by)


def reason(connected: Connected, check: Check) -> Reason:
    return next(each.reason for each in connected.view.findings if each.check is check)


def test_a_good_token_is_stored_and_the_channel_saved(
    rt: Runtime, outside: Connecting, secrets: FakeChannelSecrets
) -> None:
    connected = connect(rt, outside)
    assert secrets.tokens == {PARAMETER: TOKEN}
    stored = rt.channels.load(CHANNEL)
    assert stored == connected.channel
    assert stored.token_parameter == PARAMETER


def test_the_wanted_fields_are_subscribed(rt: Runtime, outside: Connecting) -> None:
    connected = connect(rt, outside)
    assert reason(connected, Check.SUBSCRIPTION) is Reason.SUBSCRIBED
    assert reason(connected, Check.WEBHOOK) is Reason.WEBHOOK_OK
    assert worst(connected.view.findings) is CheckState.OK


@pytest.mark.parametrize(
    ("known", "settings"),
    [
        (
            {"platform": "instagram", "channel_id": ACCOUNT, "node_id": "55"},
            {"platform": "instagram", "channel_id": ACCOUNT, "graph_node_id": "55"},
        ),
        (
            {"platform": "instagram", "channel_id": ACCOUNT, "login": "instagram"},
            {"platform": "instagram", "channel_id": ACCOUNT, "graph_host": "instagram"},
        ),
        (
            {"platform": "whatsapp", "channel_id": NUMBER},
            {"platform": "whatsapp", "channel_id": NUMBER},
        ),
    ],
)
def test_every_way_to_connect_a_channel_is_subscribed(
    rt: Runtime,
    outside: Connecting,
    meta: Dashboard,
    known: dict[str, Any],
    settings: dict[str, Any],
) -> None:
    meta.has(token="of-the-other", **known)
    connected = connect(rt, outside, access_token="of-the-other", **settings)
    assert reason(connected, Check.SUBSCRIPTION) is Reason.SUBSCRIBED


def test_fields_that_somebody_else_subscribed_to_stay(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    meta.subscriptions[CHANNEL] = ["feed"]
    connect(rt, outside)
    assert {"feed", "messages"} < set(meta.subscriptions[CHANNEL])


def test_what_is_subscribed_already_is_left_alone(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    connect(rt, outside)
    before = len(meta.calls("POST"))
    check_channel.mend(rt.channels.load(CHANNEL), rt, outside)
    assert len(meta.calls("POST")) == before


def test_looking_changes_nothing(
    rt: Runtime, outside: Connecting, meta: Dashboard, secrets: FakeChannelSecrets
) -> None:
    before = len(meta.calls("POST"))
    secrets.tokens[PARAMETER] = TOKEN
    view = check_channel.run(builders.channel(token_parameter=PARAMETER), rt, outside)
    assert Reason.NOT_SUBSCRIBED in {each.reason for each in view.findings}
    assert len(meta.calls("POST")) == before


def test_a_subscription_that_meta_ended_is_made_again(
    rt: Runtime, outside: Connecting, meta: Dashboard, secrets: FakeChannelSecrets
) -> None:
    connect(rt, outside)
    meta.subscriptions.clear()
    view = check_channel.mend(rt.channels.load(CHANNEL), rt, outside)
    assert Reason.SUBSCRIBED in {each.reason for each in view.findings}


@pytest.mark.parametrize(
    ("known", "token"),
    [
        ({}, "unknown-token"),
        ({"channel_id": "999"}, "of-another"),
        ({"app_id": "5"}, "of-another"),
        ({"granted_to": "USER"}, "of-another"),
        ({"token_expires_at": 1}, "of-another"),
    ],
)
def test_a_token_that_is_not_the_channels_changes_nothing(
    rt: Runtime,
    outside: Connecting,
    meta: Dashboard,
    secrets: FakeChannelSecrets,
    known: dict[str, Any],
    token: str,
) -> None:
    meta.has(channel_id="1", token="so that our app is known")
    meta.has(token="of-another", **known)
    with pytest.raises(InvalidInput) as refused:
        connect(rt, outside, access_token=token, own_app_id=APP_ID)
    assert refused.value.field == "access_token"
    assert secrets.tokens == {}
    assert rt.channels.load(CHANNEL) is None


def test_a_refusal_never_repeats_the_token(rt: Runtime, outside: Connecting) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(rt, outside, access_token="EAAG-canary")
    assert "EAAG-canary" not in str(refused.value)


def test_a_token_of_another_channel_is_told_by_its_id(
    rt: Runtime, outside: Connecting, meta: Dashboard
) -> None:
    meta.has(channel_id="999", token="of-another")
    with pytest.raises(InvalidInput, match="999"):
        connect(rt, outside, access_token="of-another")


def test_missing_permissions_do_not_lose_the_settings(
    rt: Runtime, outside: Connecting, meta: Dashboard, secrets: FakeChannelSecrets
) -> None:
    meta.has(permissions=["pages_messaging"])
    connected = connect(rt, outside)
    assert reason(connected, Check.PERMISSIONS) is Reason.PERMISSIONS_MISSING
    assert reason(connected, Check.SUBSCRIPTION) is Reason.NOT_SUBSCRIBED
    assert secrets.tokens == {PARAMETER: TOKEN}
    assert rt.channels.load(CHANNEL) is not None


def test_while_meta_is_silent_the_settings_are_saved_and_a_good_token_stays(
    rt: Runtime, meta: Dashboard, secrets: FakeChannelSecrets
) -> None:
    outside = connecting(meta, secrets)
    secrets.tokens[PARAMETER] = "good"
    connected = connect(
        rt, replace_graph(outside), access_token="unjudged", token_parameter=PARAMETER
    )
    assert reason(connected, Check.TOKEN) is Reason.TOKEN_NOT_ASKED
    assert connected.view.has_token
    assert rt.channels.load(CHANNEL) is not None
    assert secrets.tokens == {PARAMETER: "good"}


@pytest.mark.parametrize("kept_at", [PARAMETER, "/hearback/test/channels/shared/token"])
@pytest.mark.parametrize("settings", [{}, {"token_parameter": PARAMETER}])
def test_while_meta_is_silent_the_settings_go_on_naming_the_token_that_is_stored(
    outside: Connecting, secrets: FakeChannelSecrets, kept_at: str, settings: dict[str, str]
) -> None:
    rt = fakes.runtime(builders.channel(version=1, token_parameter=kept_at))
    secrets.tokens[kept_at] = "good"
    connected = connect(rt, replace_graph(outside), Precondition(versions={1}), **settings)
    assert connected.channel.token_parameter == kept_at
    assert connected.view.has_token


def test_after_one_question_without_an_answer_no_other_is_asked(
    rt: Runtime, outside: Connecting
) -> None:
    silent = replace_graph(outside)
    connect(rt, silent)
    assert silent.graph.asked == 1


def test_asking_ends_in_time(rt: Runtime, outside: Connecting) -> None:
    """Somebody waits, and the function has 20 seconds."""
    slow = Connecting(SlowGraph(outside, rt), outside.secrets)
    connected = connect(rt, slow)
    assert reason(connected, Check.SUBSCRIPTION) is Reason.SUBSCRIPTION_NOT_ASKED


def test_an_app_secret_that_does_not_fit_is_told_and_the_token_not_stored(
    rt: Runtime, outside: Connecting, secrets: FakeChannelSecrets
) -> None:
    secrets.secret = b"of another app"
    connected = connect(rt, outside)
    assert reason(connected, Check.TOKEN) is Reason.APP_SECRET_WRONG
    assert not connected.view.has_token
    assert secrets.tokens == {}


def test_a_token_that_cannot_be_stored_changes_nothing(
    rt: Runtime, outside: Connecting, secrets: FakeChannelSecrets
) -> None:
    secrets.is_broken = True
    with pytest.raises(Conflict) as refused:
        connect(rt, outside)
    assert refused.value.reason == "token_not_kept"
    assert rt.channels.load(CHANNEL) is None


def test_an_old_version_is_refused_before_meta_is_asked(
    outside: Connecting, meta: Dashboard, secrets: FakeChannelSecrets
) -> None:
    before = meta.calls("GET")
    rt = fakes.runtime(builders.channel(version=3))
    with pytest.raises(Outdated):
        connect(rt, outside, Precondition(versions={2}))
    assert meta.calls("GET") == before
    assert secrets.tokens == {}


def test_a_new_token_lets_a_stopped_channel_send(outside: Connecting) -> None:
    rt = fakes.runtime(builders.channel(version=1))
    rt.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    connected = connect(rt, outside, Precondition(versions={1}))
    assert reason(connected, Check.SENDING) is Reason.SENDING_OK
    assert not rt.channels.is_stopped(CHANNEL)


def test_a_token_that_channels_share_is_not_replaced_from_one_of_them(
    rt: Runtime, outside: Connecting
) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(rt, outside, token_parameter="/hearback/test/channels/other/token")
    assert refused.value.field == "token_parameter"


@pytest.mark.parametrize("token", ["", " ", None, 5, "a b\n", "ä" * 20, "x" * 1001])
def test_what_cannot_be_a_token_is_refused_by_its_name(
    rt: Runtime, outside: Connecting, token: object
) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(rt, outside, access_token=token)
    assert refused.value.field == "access_token"


def test_the_log_names_the_channel_and_its_state_alone(rt: Runtime, outside: Connecting) -> None:
    connect(rt, outside)
    assert rt.log.lines[-1] == ("channel_connected", {"channel_id": CHANNEL, "state": "ok"})
    assert TOKEN not in str(rt.log.lines)


def test_a_channel_without_a_token_says_so(rt: Runtime, outside: Connecting) -> None:
    view = check_channel.run(builders.channel(), rt, outside)
    assert view.findings[0].reason is Reason.TOKEN_ABSENT
    assert not view.has_token


class SilentGraph:
    """Nobody answers."""

    def __init__(self) -> None:
        self.asked = 0

    def call(self, call: object, token: str) -> Any:
        self.asked += 1
        return check_channel.Answer()


class SlowGraph:
    """Each answer takes seven seconds."""

    def __init__(self, outside: Connecting, rt: Runtime) -> None:
        self._graph, self._rt = outside.graph, rt

    def call(self, call: Any, token: str) -> Any:
        self._rt.now.advance(seconds=7)
        return self._graph.call(call, token)


def replace_graph(outside: Connecting) -> Any:
    return Connecting(SilentGraph(), outside.secrets)


@pytest.mark.parametrize("given", [None, "4711"])
def test_a_number_s_account_is_told_by_meta_unless_the_settings_name_one(
    rt: Runtime, outside: Connecting, meta: Dashboard, given: str | None
) -> None:
    meta.has(token="of-the-other", platform="whatsapp", channel_id=NUMBER)
    settings = {"platform": "whatsapp", "channel_id": NUMBER, "business_account_id": given}
    connected = connect(rt, outside, access_token="of-the-other", **settings)
    told = connected.channel.business_account_id
    assert (told == given, told is not None) == (given is not None, True)
