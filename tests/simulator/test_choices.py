"""Quick replies, buttons, forms, pins and answers to comments: ours are taken, wrong ones refused,
and what a customer does with them is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import platforms
from chalicelib.core.events import CommentReceived
from chalicelib.core.messages import Button, FeedbackForm, Location, MessageKind, QuickReply
from chalicelib.core.messaging_policy import Basis, Permit
from chalicelib.platforms import Accepted, _cloud_api, _send_api
from chalicelib.platforms._graph_answers import read_answer
from tests import builders
from tests.simulator.conftest import (
    ACCEPTED,
    CUSTOMERS,
    NUMBER,
    PAGE,
    PHONE,
    PROFESSIONAL,
    PSID,
    Meta,
    code_of,
)

IN_WINDOW = Permit(Basis.STANDARD_WINDOW, messaging_type="RESPONSE")
TO_COMMENT = Permit(Basis.PRIVATE_REPLY, messaging_type="RESPONSE")
FEEDBACK_TAG = Permit(Basis.CUSTOMER_FEEDBACK, None, "MESSAGE_TAG", "CUSTOMER_FEEDBACK")
RENDER = {
    PAGE: ("messenger", _send_api.render_messenger),
    PROFESSIONAL: ("instagram", _send_api.render_instagram),
    NUMBER: ("whatsapp", _cloud_api.render),
}
FEEDBACK = {
    "kind": MessageKind.FEEDBACK,
    "text": None,
    "feedback": FeedbackForm(
        title="x" * 65,
        subtitle="x" * 80,
        button="x" * 20,
        question_id="q1",
        question="How satisfied are you?",
        privacy_url="https://shop.example/privacy",
    ),
}


def _replies(count: int) -> dict[str, Any]:
    return {
        "quick_replies": tuple(
            QuickReply(title=f"{each}".rjust(20, "x"), payload=f"{each}".rjust(200, "y"))
            for each in range(count)
        )
    }


def _buttons(count: int) -> dict[str, Any]:
    return {
        "text": "x" * 640,
        "buttons": tuple(
            Button(title=f"{each}".rjust(20, "x"), payload=f"{each}".rjust(256, "y"))
            for each in range(count)
        ),
    }


def _sends(meta: Meta, channel_id: str, permit: Permit = IN_WINDOW, **facts: Any) -> Accepted:
    platform, render = RENDER[channel_id]
    known = {"platform": platform, "contact_id": CUSTOMERS[channel_id]}
    message = builders.outbound(**(known | facts))
    status, body = meta.sends(channel_id, render(message, permit, "hb1").body)
    return read_answer(status, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("channel_id", "facts"),
    [
        (PAGE, _replies(13)),
        (PROFESSIONAL, _replies(13)),
        (NUMBER, _replies(3)),
        (NUMBER, _replies(10)),
        (NUMBER, {"text": "x" * 4096} | _replies(4)),
        (NUMBER, {"text": "x" * 1024} | _replies(3)),
        (PAGE, {"quick_replies": (QuickReply(kind="user_email"),)}),
        (PAGE, _buttons(3)),
        (PROFESSIONAL, _buttons(3)),
        (NUMBER, _buttons(3)),
        (NUMBER, {"buttons": (Button(title="Shop", url="https://shop.example"),)}),
        (PAGE, {"buttons": (Button(title="Shop", url="https://shop.example"),)} | _replies(2)),
        (PAGE, FEEDBACK),
        *(
            (channel, {"kind": MessageKind.LOCATION, "location": Location(latitude=0, longitude=9)})
            for channel in (PAGE, PROFESSIONAL, NUMBER)
        ),
    ],
)
def test_our_choices_and_forms_are_taken_at_their_limits(
    meta: Meta, channel_id: str, facts: dict[str, Any]
) -> None:
    meta.writes(channel_id)
    assert _sends(meta, channel_id, **facts).platform_message_id
    assert "failed" not in str(meta.delivered("status"))


def test_our_feedback_form_is_taken_on_the_sixth_day(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.moves_on(days=6)
    assert _sends(meta, PAGE, FEEDBACK_TAG, **FEEDBACK).platform_message_id


def test_a_feedback_form_comes_too_late_after_a_week(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.moves_on(days=7)
    with pytest.raises(platforms.SendError, match="window"):
        _sends(meta, PAGE, FEEDBACK_TAG, **FEEDBACK)


def test_the_feedback_tag_is_for_the_form_alone(meta: Meta) -> None:
    meta.writes(PAGE)
    with pytest.raises(platforms.SendError):
        _sends(meta, PAGE, FEEDBACK_TAG, text="How are we doing?")


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_our_private_reply_is_taken_and_names_nobody(meta: Meta, channel_id: str) -> None:
    comment_id = meta.acts("comment", channel_id, text="Price?")["mid"]
    accepted = _sends(meta, channel_id, TO_COMMENT, comment_id=comment_id)
    assert accepted.platform_message_id
    assert accepted.recipient_id is None


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL])
def test_a_comment_is_read(meta: Meta, channel_id: str) -> None:
    told = meta.acts("comment", channel_id, text="Price?")
    [event] = platforms.parse(told["body"])
    assert isinstance(event, CommentReceived)
    assert (event.comment_id, event.text, event.contact_id) == (
        told["mid"],
        "Price?",
        CUSTOMERS[channel_id],
    )


def test_a_comment_is_answered_in_private_once(meta: Meta) -> None:
    comment_id = meta.acts("comment", PAGE, text="Price?")["mid"]
    _sends(meta, PAGE, TO_COMMENT, comment_id=comment_id)
    with pytest.raises(platforms.SendError):
        _sends(meta, PAGE, TO_COMMENT, comment_id=comment_id)


def test_a_comment_is_answered_in_private_within_a_week(meta: Meta) -> None:
    comment_id = meta.acts("comment", PAGE, text="Price?")["mid"]
    meta.moves_on(days=7)
    with pytest.raises(platforms.SendError, match="window"):
        _sends(meta, PAGE, TO_COMMENT, comment_id=comment_id)


def test_a_comment_opens_no_window(meta: Meta) -> None:
    meta.acts("comment", PAGE, text="Price?")
    with pytest.raises(platforms.SendError, match="window"):
        _sends(meta, PAGE)


@pytest.mark.parametrize("recipient", ["999_9", ""])
def test_a_comment_that_nobody_made_is_not_answered(meta: Meta, recipient: str) -> None:
    body = {"recipient": {"comment_id": recipient}, "message": {"text": "Hello"}}
    assert code_of(meta.sends(PAGE, body)) == (100, 33)


def _page(message: dict[str, Any]) -> dict[str, Any]:
    return {"recipient": {"id": PSID}, "message": message}


def _button_template(**facts: Any) -> dict[str, Any]:
    button = {"type": "postback", "title": "Yes", "payload": "YES"}
    payload = {"template_type": "button", "text": "Pick", "buttons": [button]} | facts
    return _page({"attachment": {"type": "template", "payload": payload}})


@pytest.mark.parametrize(
    "body",
    [
        _page({"text": "Pick", "quick_replies": [{"content_type": "text", "title": "x" * 21}]}),
        _page({"text": "Pick", "quick_replies": [{"content_type": "text", "title": "x"}]}),
        _page({"text": "Pick", "quick_replies": [{"content_type": "location"}]}),
        _page({"text": "Pick", "quick_replies": [{"content_type": "user_email"}] * 14}),
        _button_template(text="x" * 641),
        _button_template(buttons=[]),
        _button_template(buttons=[{"type": "postback", "title": "Yes"}]),
        _button_template(buttons=[{"type": "call", "title": "Yes", "payload": "x"}]),
        _button_template(template_type="carousel"),
        _button_template(template_type="customer_feedback", title="x", subtitle="x"),
    ],
)
def test_choices_that_messenger_would_not_show_are_refused(
    meta: Meta, body: dict[str, Any]
) -> None:
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, body)) == (100, None)


def _cloud(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": f"+{PHONE}", "type": kind, kind: content}


def _interactive(kind: str, action: dict[str, Any], text: str = "Pick") -> dict[str, Any]:
    content = {"type": kind, "body": {"text": text}, "action": action}
    return _cloud("interactive", content)


def _reply(title: str = "Yes", id_: str = "YES") -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": id_, "title": title}}


@pytest.mark.parametrize(
    "body",
    [
        _interactive("button", {"buttons": []}),
        _interactive("button", {"buttons": [_reply(id_=f"{each}") for each in range(4)]}),
        _interactive("button", {"buttons": [_reply("x" * 21)]}),
        _interactive("button", {"buttons": [_reply(), _reply("No")]}),
        _interactive("button", {"buttons": [_reply()]}, "x" * 1025),
        _interactive("list", {"button": "Menu", "sections": [{"rows": []}]}),
        _interactive("list", {"sections": [{"rows": [{"id": "1", "title": "x"}]}]}),
        _interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Shop"}}),
        _interactive("carousel", {"buttons": [_reply()]}),
        _cloud("location", {"latitude": 91, "longitude": 0}),
        _cloud("location", {"longitude": 0}),
    ],
)
def test_choices_that_whatsapp_would_not_show_are_refused(meta: Meta, body: dict[str, Any]) -> None:
    meta.writes(NUMBER)
    assert code_of(meta.sends(NUMBER, body)) == (131009, None)


def test_a_list_that_whatsapp_shows_is_taken(meta: Meta) -> None:
    meta.writes(NUMBER)
    rows = [{"id": "1", "title": "x" * 24}]
    body = _interactive("list", {"button": "Menu", "sections": [{"rows": rows}]})
    assert code_of(meta.sends(NUMBER, body)) == ACCEPTED
