"""A key for some channels does not reach others through the settings of its own."""

from __future__ import annotations

import pytest

from tests.builders import CHANNEL

SETTINGS = {"platform": "messenger", "name": "The Mug Shop"}
MINE = "/v1/channels/555"


@pytest.fixture
def scoped(api):
    """An admin of the channel 555 alone."""
    api.put(MINE, SETTINGS)
    key = {"name": "new", "role": "admin", "channels": ["555"]}
    return api.by(api.post("/v1/keys", key).body["key"])


@pytest.mark.parametrize(
    "reach",
    [
        {"token_parameter": f"/hearback/test/channels/{CHANNEL}/token"},
        {"graph_node_id": CHANNEL},
        {"token_parameter": "/hearback/test/channels/555/token", "graph_node_id": CHANNEL},
        {"graph_node_id": [CHANNEL]},
    ],
)
def test_channel_is_not_pointed_to_the_token_or_the_node_of_another(scoped, rt, reach):
    answer = scoped.change(MINE, SETTINGS | reach)
    assert (answer.status, answer.body["reason"]) == (403, "scope")
    assert rt.channels.load("555").version == 1


def test_token_and_node_that_somebody_gave_the_channel_stay(api, scoped):
    given = {"token_parameter": "/hearback/test/channels/shared", "graph_node_id": "77"}
    assert api.change(MINE, SETTINGS | given).status == 200
    assert scoped.change(MINE, SETTINGS | given | {"name": "Mugs"}).status == 200


@pytest.mark.parametrize(
    "own", [{"token_parameter": "/hearback/test/channels/555/token"}, {"graph_node_id": "555"}]
)
def test_token_and_node_of_the_channel_itself_may_be_named(scoped, own):
    assert scoped.change(MINE, SETTINGS | own).status == 200


def test_key_for_all_channels_may_name_any(api):
    api.put(MINE, SETTINGS)
    shared = {"token_parameter": f"/hearback/test/channels/{CHANNEL}/token"}
    assert api.change(MINE, SETTINGS | shared).status == 200
