"""Product and stand-in understand each other: what we render is taken, what it posts is read.

The two were written apart; a difference is a defect of one of them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import platforms
from chalicelib.core.events import (
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    OptedIn,
    Postback,
    Reacted,
    Referred,
    StatusChanged,
)
from chalicelib.core.messages import CurrencyParameter, FilledTemplate, Media, MessageKind
from chalicelib.core.messaging_policy import Basis, Permit
from chalicelib.platforms import Accepted, _cloud_api, _send_api
from chalicelib.platforms._graph_answers import ONE_TIME_TOKEN_SPENT, SendError, read_answer
from chalicelib.platforms._media import RULES
from chalicelib.platforms._templates import as_sent
from tests import builders
from tests.simulator.conftest import (
    CUSTOMERS,
    IGSID,
    NUMBER,
    PAGE,
    PHONE,
    PROFESSIONAL,
    PSID,
    Meta,
)

IN_WINDOW = Permit(Basis.STANDARD_WINDOW, messaging_type="RESPONSE")
HUMAN_AGENT = Permit(Basis.HUMAN_AGENT, messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT")
BY_TEMPLATE = Permit(Basis.APPROVED_TEMPLATE)
UTILITY = Permit(Basis.APPROVED_TEMPLATE, messaging_type="UTILITY")
FORMATS = [
    (rule.platform, rule.kind, ending)
    for rule in RULES
    for ending in rule.extensions or ("pdf", "jpg")
]
CHANNEL_ON = {"messenger": PAGE, "instagram": PROFESSIONAL, "whatsapp": NUMBER}
BY_TOKEN = Permit(Basis.ONE_TIME_TOKEN)
RENDER = {
    PAGE: _send_api.render_messenger,
    PROFESSIONAL: _send_api.render_instagram,
    NUMBER: _cloud_api.render,
}


def _sends(meta: Meta, channel_id: str, permit: Permit = IN_WINDOW, **facts: Any) -> Accepted:
    """Rendered by us, judged by the stand-in, read by us."""
    message = builders.outbound(**({"contact_id": CUSTOMERS[channel_id]} | facts))
    status, body = meta.sends(channel_id, RENDER[channel_id](message, permit, "hb1").body)
    return read_answer(status, {}, json.dumps(body).encode())


def _agrees(meta: Meta) -> str:
    """The customer is asked and taps; the token."""
    meta.writes(PAGE)
    asked = {"kind": MessageKind.OPT_IN_REQUEST, "topic": "mug", "title": "When it is back"}
    _sends(meta, PAGE, **asked)
    return str(meta.acts("tap_notify", PAGE)["token"])


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL, NUMBER])
def test_our_text_is_taken_and_its_id_read(meta: Meta, channel_id: str) -> None:
    meta.writes(channel_id)
    accepted = _sends(meta, channel_id)
    [call] = meta.control("GET", "/_log")
    assert accepted == Accepted(call["message_id"], CUSTOMERS[channel_id])


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_our_human_agent_tag_is_taken_on_the_sixth_day(meta: Meta, channel_id: str) -> None:
    meta.writes(channel_id)
    meta.moves_on(days=6)
    assert _sends(meta, channel_id, HUMAN_AGENT).platform_message_id


def test_our_notification_is_taken_by_its_token(meta: Meta) -> None:
    token = _agrees(meta)
    meta.moves_on(days=30)
    assert _sends(meta, PAGE, BY_TOKEN, token=token).platform_message_id


def test_f08_a_notification_posted_again_is_recognised_as_taken(meta: Meta) -> None:
    token = _agrees(meta)
    _sends(meta, PAGE, BY_TOKEN, token=token)
    with pytest.raises(SendError) as caught:
        _sends(meta, PAGE, BY_TOKEN, token=token)
    assert caught.value.reason == ONE_TIME_TOKEN_SPENT


def test_our_template_is_taken(meta: Meta) -> None:
    meta.control("POST", "/_templates", [{"channel_id": NUMBER, "name": "mug"}])
    template = {"name": "mug", "language": {"code": "en_US"}}
    facts = {"kind": MessageKind.TEMPLATE, "template": template}
    assert _sends(meta, NUMBER, **facts).platform_message_id


@pytest.mark.parametrize(
    ("channel_id", "text"),
    [(PAGE, "x" * 1999), (PROFESSIONAL, "ş" * 500), (NUMBER, "x" * 4096)],
)
def test_our_longest_text_is_taken(meta: Meta, channel_id: str, text: str) -> None:
    meta.writes(channel_id)
    assert _sends(meta, channel_id, text=text).platform_message_id


@pytest.mark.parametrize(("platform", "kind", "ending"), FORMATS)
def test_our_attachment_is_taken_in_every_format(
    meta: Meta, platform: str, kind: str, ending: str
) -> None:
    channel_id = CHANNEL_ON[platform]
    meta.writes(channel_id)
    media = Media(kind=kind, url=f"https://shop.example/a.{ending}")
    assert _sends(meta, channel_id, platform=platform, text=None, attachment=media)
    assert "failed" not in str(meta.delivered("status"))


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL, NUMBER])
def test_our_upload_is_taken(meta: Meta, channel_id: str) -> None:
    meta.writes(channel_id)
    media = Media(kind="image", media_id="4001")
    assert _sends(meta, channel_id, text=None, attachment=media).platform_message_id


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_our_attachment_comes_back_as_an_echo_with_an_attachment(
    meta: Meta, channel_id: str
) -> None:
    meta.writes(channel_id)
    media = Media(kind="image", url="https://shop.example/a.png")
    _sends(meta, channel_id, text=None, attachment=media)
    [echo] = [event for body in meta.delivered("echo") for event in platforms.parse(body)]
    assert isinstance(echo, MessageEchoed)
    assert [each.kind for each in echo.attachments] == ["image"]


def test_our_longest_caption_and_a_name_are_taken(meta: Meta) -> None:
    meta.writes(NUMBER)
    media = Media(kind="file", url="https://shop.example/a.pdf", filename="Prices.pdf")
    facts = {"platform": "whatsapp", "text": "x" * 1024, "attachment": media}
    assert _sends(meta, NUMBER, **facts).platform_message_id
    assert "failed" not in str(meta.delivered("status"))


@pytest.mark.parametrize(("channel_id", "permit"), [(NUMBER, BY_TEMPLATE), (PAGE, UTILITY)])
def test_our_filled_template_is_taken(meta: Meta, channel_id: str, permit: Permit) -> None:
    known = {"channel_id": channel_id, "name": "order_ready", "body_parameters": 2}
    meta.writes(channel_id)
    meta.moves_on(days=3)
    meta.control("POST", "/_templates", [known])
    price = CurrencyParameter(code="EUR", amount_1000=12500, fallback_value="12.50")
    filled = FilledTemplate(name="order_ready", language="en_US", parameters=("A-17", price))
    facts = {"kind": MessageKind.TEMPLATE, "template": as_sent(filled, None)}
    assert _sends(meta, channel_id, permit, **facts).platform_message_id


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL, NUMBER])
@pytest.mark.parametrize(
    ("what", "facts", "expected"),
    [
        ("message", {"text": "hi"}, MessageReceived),
        ("react", {"mid": "m1", "emoji": "❤"}, Reacted),
        ("edit", {"mid": "m1", "text": "hello"}, MessageEdited),
    ],
)
def test_what_a_customer_does_is_read(
    meta: Meta, channel_id: str, what: str, facts: dict[str, str], expected: type
) -> None:
    [event] = platforms.parse(meta.acts(what, channel_id, **facts)["body"])
    assert (type(event), event.channel_id, event.contact_id) == (
        expected,
        channel_id,
        CUSTOMERS[channel_id],
    )


@pytest.mark.parametrize(
    ("channel_id", "what", "facts", "expected"),
    [
        (PAGE, "postback", {}, Postback),
        (PROFESSIONAL, "postback", {}, Postback),
        (PAGE, "referral", {}, Referred),
        (PROFESSIONAL, "unsend", {"mid": "m1"}, MessageDeleted),
        (NUMBER, "unsend", {"mid": "m1"}, MessageDeleted),
    ],
)
def test_what_only_some_customers_can_do_is_read(
    meta: Meta, channel_id: str, what: str, facts: dict[str, str], expected: type
) -> None:
    [event] = platforms.parse(meta.acts(what, channel_id, **facts)["body"])
    assert type(event) is expected


def test_a_tap_on_notify_me_is_read_with_topic_and_token(meta: Meta) -> None:
    token = _agrees(meta)
    [event] = platforms.parse(meta.delivered("optin")[0])
    assert isinstance(event, OptedIn)
    assert (event.kind, event.topic, event.token) == ("one_time", "mug", token)


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_f08_the_echo_of_our_message_names_our_attempt(meta: Meta, channel_id: str) -> None:
    meta.writes(channel_id)
    accepted = _sends(meta, channel_id)
    [event] = platforms.parse(meta.delivered("echo")[0])
    assert isinstance(event, MessageEchoed)
    assert (event.message_id, event.metadata) == (accepted.platform_message_id, "hb1")


def test_f08_the_statuses_of_our_message_name_our_attempt(meta: Meta) -> None:
    meta.writes(NUMBER)
    accepted = _sends(meta, NUMBER)
    events = [platforms.parse(webhook)[0] for webhook in meta.delivered("status")]
    told = [(one.status, one.callback, one.message_ids) for one in _statuses(events)]
    mids = (accepted.platform_message_id,)
    assert told == [("sent", "hb1", mids), ("delivered", "hb1", mids), ("read", "hb1", mids)]


@pytest.mark.parametrize(("channel_id", "kind"), [(PAGE, "delivery"), (PAGE, "read")])
def test_deliveries_and_reads_of_messenger_have_a_watermark(
    meta: Meta, channel_id: str, kind: str
) -> None:
    meta.writes(channel_id)
    _sends(meta, channel_id)
    [status] = _statuses(platforms.parse(meta.delivered(kind)[0]))
    assert status.watermark is not None


@pytest.mark.parametrize(
    ("channel_id", "contact_id"), [(PAGE, PSID), (PROFESSIONAL, IGSID), (NUMBER, PHONE)]
)
def test_a_persons_reply_in_the_native_inbox_is_read(
    meta: Meta, channel_id: str, contact_id: str
) -> None:
    who = {"channel_id": channel_id, "contact_id": contact_id, "text": "hello"}
    [event] = platforms.parse(meta.control("POST", "/_native/reply", who)["body"])
    assert isinstance(event, MessageEchoed)
    assert (event.contact_id, event.text, event.metadata) == (contact_id, "hello", None)


def _statuses(events: list[Any]) -> list[StatusChanged]:
    assert all(isinstance(event, StatusChanged) for event in events)
    return events
