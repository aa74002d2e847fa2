"""The stand-in tells of what happened by webhooks in Meta's shape."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import platforms
from chalicelib.core.events import PageReviewed
from tests.simulator.conftest import (
    CUSTOMERS,
    IGSID,
    NUMBER,
    PAGE,
    PHONE,
    PROFESSIONAL,
    PSID,
    Meta,
    text_to,
)

OUR_APP, PAGE_INBOX = 987654321, 26390203743090
NOON, NOON_MS = "2026-11-21T12:00:00Z", 1795262400000


def _item(webhook: Any) -> Any:
    """The one Messenger or Instagram item of a webhook."""
    return webhook["entry"][0]["messaging"][0]


def _value(webhook: Any) -> Any:
    """The value of the one WhatsApp change."""
    return webhook["entry"][0]["changes"][0]["value"]


def test_a_messenger_message_has_metas_frame(meta: Meta) -> None:
    sent = meta.writes(PAGE, text="Is the mug back?", at=NOON, mid="m_1")
    assert sent["body"] == {
        "object": "page",
        "entry": [
            {
                "id": PAGE,
                "time": NOON_MS,
                "messaging": [
                    {
                        "sender": {"id": PSID},
                        "recipient": {"id": PAGE},
                        "timestamp": NOON_MS,
                        "message": {"mid": "m_1", "text": "Is the mug back?"},
                    }
                ],
            }
        ],
    }


def test_a_review_of_the_page_is_read(meta: Meta) -> None:
    told = meta.acts("review", PAGE, payload="positive", text="So nice", at=NOON, name="Ana")
    [event] = platforms.parse(told["body"])
    assert isinstance(event, PageReviewed)
    assert (event.recommendation, event.reviewer_id, event.verb) == ("positive", PSID, "add")


def test_reviews_are_of_pages_alone(meta: Meta) -> None:
    with pytest.raises(ValueError, match="whatsapp has no such event"):
        meta.acts("review", NUMBER, payload="positive")


def test_a_whatsapp_message_has_metas_frame(meta: Meta) -> None:
    sent = meta.writes(NUMBER, text="hi", at=NOON, mid="wamid.A", name="Ana", user_id="TR.1A2B")
    [entry] = sent["body"]["entry"]
    assert entry["changes"][0] == {
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": PHONE, "user_id": "TR.1A2B"}],
            "messages": [
                {
                    "from": PHONE,
                    "from_user_id": "TR.1A2B",
                    "timestamp": "1795262400",
                    "id": "wamid.A",
                    "type": "text",
                    "text": {"body": "hi"},
                }
            ],
        },
    }


def test_raw_facts_are_merged_into_the_message(meta: Meta) -> None:
    sticker = [{"type": "sticker", "payload": {"sticker_id": 369239263222822}}]
    sent = meta.writes(PROFESSIONAL, text=None, raw={"attachments": sticker})
    assert _item(sent["body"])["message"]["attachments"] == sticker


@pytest.mark.parametrize(
    ("what", "facts", "expected"),
    [
        ("message", {"text": "Blue", "payload": "B", "mid": "m"}, "message"),
        ("postback", {"title": "Start", "payload": "GO"}, "postback"),
        ("referral", {"ref": "spring"}, "referral"),
        ("react", {"mid": "m", "emoji": "❤"}, "reaction"),
        ("edit", {"mid": "m", "text": "hello"}, "message_edit"),
    ],
)
@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_what_a_customer_does_has_its_own_key(
    meta: Meta, channel_id: str, what: str, facts: dict[str, str], expected: str
) -> None:
    item = _item(meta.acts(what, channel_id, **facts)["body"])
    assert item.keys() == {"sender", "recipient", "timestamp", expected}


@pytest.mark.parametrize(
    ("what", "facts", "expected"),
    [
        ("postback", {"title": "Yes", "payload": "yes"}, "interactive"),
        ("react", {"mid": "wamid.1", "emoji": "❤"}, "reaction"),
        ("edit", {"mid": "wamid.1", "text": "hello"}, "edit"),
        ("unsend", {"mid": "wamid.1"}, "revoke"),
    ],
)
def test_on_whatsapp_it_is_the_type_of_a_message(
    meta: Meta, what: str, facts: dict[str, str], expected: str
) -> None:
    [message] = _value(meta.acts(what, NUMBER, **facts)["body"])["messages"]
    assert (message["type"], expected in message) == (expected, True)


def test_instagram_marks_an_unsent_message(meta: Meta) -> None:
    item = _item(meta.acts("unsend", PROFESSIONAL, mid="ig_1")["body"])
    assert item["message"] == {"mid": "ig_1", "is_deleted": True}


def test_messenger_tells_nothing_of_an_unsent_message(meta: Meta) -> None:
    with pytest.raises(ValueError, match="messenger has no such event"):
        meta.acts("unsend", PAGE, mid="m_1")


def test_a_tap_on_notify_me_brings_topic_and_token(meta: Meta) -> None:
    meta.writes(PAGE)
    payload = {"template_type": "one_time_notif_req", "title": "Mug", "payload": "RESTOCK_9"}
    attachment = {"type": "template", "payload": payload}
    meta.sends(PAGE, {"recipient": {"id": PSID}, "message": {"attachment": attachment}})
    tapped = meta.acts("tap_notify", PAGE)
    assert _item(tapped["body"])["optin"] == {
        "type": "one_time_notif_req",
        "payload": "RESTOCK_9",
        "one_time_notif_token": tapped["token"],
    }


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_f39_our_message_comes_back_as_an_echo_that_names_app_and_attempt(
    meta: Meta, channel_id: str
) -> None:
    meta.writes(channel_id)
    _, answer = meta.sends(channel_id, text_to(channel_id, "Hello"))
    item = _item(meta.delivered("echo")[0])
    assert item["sender"]["id"] == channel_id
    assert item["message"] == {
        "mid": answer["message_id"],
        "text": "Hello",
        "metadata": "hb1",
        "is_echo": True,
        "app_id": OUR_APP,
    }


def test_messenger_reports_delivery_by_message_and_watermark(meta: Meta) -> None:
    meta.writes(PAGE)
    _, answer = meta.sends(PAGE, text_to(PAGE))
    item = _item(meta.delivered("delivery")[0])
    echo = _item(meta.delivered("echo")[0])
    assert item["delivery"] == {"mids": [answer["message_id"]], "watermark": echo["timestamp"]}


def test_messenger_reports_reading_by_watermark(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, text_to(PAGE))
    assert _item(meta.delivered("read")[0])["read"].keys() == {"watermark"}


def test_instagram_reports_reading_by_message_and_no_delivery(meta: Meta) -> None:
    meta.writes(PROFESSIONAL)
    _, answer = meta.sends(PROFESSIONAL, text_to(PROFESSIONAL))
    assert _item(meta.delivered("read")[0])["read"] == {"mid": answer["message_id"]}
    assert meta.delivered("delivery") == []


def test_whatsapp_reports_three_statuses_with_our_callback(meta: Meta) -> None:
    meta.writes(NUMBER)
    meta.sends(NUMBER, text_to(NUMBER, biz_opaque_callback_data="hb1"))
    told = [_value(webhook)["statuses"][0] for webhook in meta.delivered("status")]
    assert [(one["status"], one["biz_opaque_callback_data"]) for one in told] == [
        ("sent", "hb1"),
        ("delivered", "hb1"),
        ("read", "hb1"),
    ]


def test_whatsapp_prices_a_reply_as_a_service_message(meta: Meta) -> None:
    meta.writes(NUMBER)
    meta.sends(NUMBER, text_to(NUMBER))
    [status] = _value(meta.delivered("status")[0])["statuses"]
    assert (status["pricing"]["type"], status["pricing"]["category"]) == (
        "free_customer_service",
        "service",
    )


@pytest.mark.parametrize(
    ("channel_id", "facts", "app_id"),
    [(PAGE, {}, PAGE_INBOX), (PROFESSIONAL, {}, None), (PAGE, {"app_id": 4711}, 4711)],
)
def test_f39_a_person_in_the_native_inbox_has_another_app_or_none(
    meta: Meta, channel_id: str, facts: dict[str, Any], app_id: int | None
) -> None:
    who = {"channel_id": channel_id, "contact_id": CUSTOMERS[channel_id], "text": "hello"}
    body = meta.control("POST", "/_native/reply", who | facts)["body"]
    assert _item(body)["message"].get("app_id") == app_id
    assert "metadata" not in _item(body)["message"]


def test_f39_a_person_at_the_phone_is_a_whatsapp_echo(meta: Meta) -> None:
    who = {"channel_id": NUMBER, "contact_id": PHONE, "text": "typed on the phone"}
    body = meta.control("POST", "/_native/reply", who)["body"]
    [echo] = _value(body)["message_echoes"]
    assert (echo["from"], echo["to"], echo["text"]["body"]) == (
        "15550783881",
        PHONE,
        "typed on the phone",
    )


def test_a_channel_may_have_customers_who_never_read(meta: Meta) -> None:
    channel = {"platform": "instagram", "channel_id": PROFESSIONAL, "token": "ig-token"}
    meta.control("POST", "/_channels", [{**channel, "reads": False}])
    meta.writes(PROFESSIONAL)
    meta.sends(PROFESSIONAL, text_to(PROFESSIONAL))
    assert meta.delivered("read") == []


@pytest.mark.parametrize(
    ("channel_id", "contact_id", "fields", "expected"),
    [
        (
            PAGE,
            PSID,
            "first_name,name",
            {"first_name": "Ana", "name": "Ana B", "id": PSID},
        ),
        (PROFESSIONAL, IGSID, "name,username", {"name": "Ana B", "username": "Ana", "id": IGSID}),
    ],
)
def test_a_profile_has_the_fields_that_were_asked_for(
    meta: Meta, channel_id: str, contact_id: str, fields: str, expected: Any
) -> None:
    meta.writes(channel_id, name="Ana B")
    token = {PAGE: "page-token", PROFESSIONAL: "ig-token"}[channel_id]
    headers = {"authorization": f"Bearer {token}"}
    path = f"/v25.0/{contact_id}?fields={fields}"
    assert meta.simulator.answer("GET", path, headers, None).body == expected


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL, NUMBER])
def test_f40_a_customer_may_be_a_bot_that_answers_what_it_gets(meta: Meta, channel_id: str) -> None:
    meta.writes(channel_id)
    meta.acts("auto_reply", channel_id, text="I am away ({n})", times=2)
    [meta.sends(channel_id, text_to(channel_id)) for _ in range(3)]
    came = str(meta.delivered("message"))
    assert [came.count(f"I am away ({n})") for n in (2, 1, 0)] == [1, 1, 0]


def test_f40_a_bot_gets_nothing_when_the_message_was_refused(meta: Meta) -> None:
    meta.writes(NUMBER, at="2020-01-01T00:00:00Z")
    meta.acts("auto_reply", NUMBER, text="I am away")
    meta.sends(NUMBER, text_to(NUMBER))
    assert len(meta.delivered("message")) == 1
