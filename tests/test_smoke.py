"""The smoke test's delivery is one that the product takes, and its channel can answer nobody."""

from __future__ import annotations

import pytest

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.documents import converted
from chalicelib.core.events import MessageReceived
from chalicelib.core.ids import conversation_id
from chalicelib.platforms import events_in
from devtools import smoke
from devtools.reach import Reply
from devtools.smoke import SmokeError
from tests.builders import NOON


def test_the_delivery_is_a_customers_message() -> None:
    (event,) = events_in(smoke.delivery("m_1", NOON))
    assert isinstance(event, MessageReceived)
    assert (event.channel_id, event.message_id, event.occurred_at) == (smoke.CHANNEL, "m_1", NOON)


def test_the_conversation_that_is_read_is_the_deliverys() -> None:
    (event,) = events_in(smoke.delivery("m_1", NOON))
    own = conversation_id(event.platform, str(event.channel_id), str(event.contact_id))
    assert own == smoke.CONVERSATION


def test_the_channel_answers_nobody_and_could_not() -> None:
    channel = converted(smoke.SETTINGS | {"channel_id": smoke.CHANNEL}, ChannelSettings)
    assert not channel.instant_reply.is_on
    assert not channel.away_message.is_on
    assert channel.token_parameter is None


def test_a_step_that_fails_is_named_and_what_was_made_is_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    forgotten: list[object] = []
    monkeypatch.setattr(smoke, "forget", forgotten.append)
    with pytest.raises(SmokeError, match="another app secret"):
        smoke.run(RefusingStage(), said.append)  # type: ignore[arg-type]
    assert said[-2] == "FAILED   a signed delivery is taken"
    assert said[-1].endswith("all of it is deleted")
    assert forgotten


class RefusingStage:
    """Everything is well, but deliveries are taken for forged."""

    name, webhook_url = "test", "https://webhook"

    def secret(self, name: str) -> str:
        return "secret"

    def call(self, method: str, path: str, *_: object, **__: object) -> Reply:
        return Reply(200, {"items": []}, {})

    def http(self, method: str, url: str, **_: object) -> Reply:
        return Reply(200, "1158", {}) if method == "GET" else Reply(403, "forbidden", {})
