"""Quick replies, buttons, pins, feedback forms and answers to comments, as they leave."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.messages import (
    Button,
    FeedbackForm,
    Location,
    Media,
    MessageKind,
    QuickReply,
)
from chalicelib.core.messaging_policy import Basis, Permit
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.platforms._forms import feedback_problem
from tests import builders
from tests.platforms.rendering import IN_WINDOW, is_rendered

ATTEMPT = "hb1"
TO_COMMENT = Permit(Basis.PRIVATE_REPLY, messaging_type="RESPONSE")
YES = QuickReply(title="Yes", payload="YES")
NO = QuickReply(title="No")
PHONE = QuickReply(kind="user_phone_number")
SHOP = Button(title="Shop", url="https://shop.example/mugs")
AGAIN = Button(title="Tell me", payload="notify:mug")
PLACE = Location(latitude=41.0082, longitude=28.9784, name="The Mug Shop", address="Divanyolu 1")
FORM = FeedbackForm(
    title="How did we do?",
    subtitle="One question",
    button="Rate us",
    question_id="q1",
    question="How satisfied are you?",
    privacy_url="https://shop.example/privacy",
)
EVERYWHERE = sorted(PLATFORMS)
META = ["messenger", "instagram"]


def _body(platform: str, permit: Permit = IN_WINDOW, **facts: Any) -> dict[str, Any]:
    message = builders.outbound(platform=platform, **({"text": "Pick one"} | facts))
    return PLATFORMS[platform].render(message, permit, ATTEMPT).body


def _many(count: int, **facts: Any) -> tuple[QuickReply, ...]:
    return tuple(QuickReply(title=f"Number {each}", **facts) for each in range(count))


@pytest.mark.parametrize("platform", META)
def test_quick_replies_stand_under_the_text(platform: str) -> None:
    assert _body(platform, quick_replies=(YES, NO))["message"] == {
        "text": "Pick one",
        "quick_replies": [
            {"content_type": "text", "title": "Yes", "payload": "YES"},
            {"content_type": "text", "title": "No", "payload": "No"},
        ],
        "metadata": ATTEMPT,
    }


def test_messenger_fills_in_the_customers_phone() -> None:
    replies = _body("messenger", quick_replies=(PHONE,))["message"]["quick_replies"]
    assert replies == [{"content_type": "user_phone_number"}]


@pytest.mark.parametrize("platform", META)
def test_buttons_are_the_documented_template(platform: str) -> None:
    assert _body(platform, buttons=(SHOP, AGAIN))["message"] == {
        "attachment": {
            "type": "template",
            "payload": {
                "template_type": "button",
                "text": "Pick one",
                "buttons": [
                    {"type": "web_url", "title": "Shop", "url": "https://shop.example/mugs"},
                    {"type": "postback", "title": "Tell me", "payload": "notify:mug"},
                ],
            },
        },
        "metadata": ATTEMPT,
    }


def test_messenger_takes_buttons_and_quick_replies_at_once() -> None:
    message = _body("messenger", buttons=(SHOP,), quick_replies=(YES,))["message"]
    assert set(message) == {"attachment", "quick_replies", "metadata"}


def test_up_to_three_quick_replies_are_buttons_on_whatsapp() -> None:
    body = _body("whatsapp", quick_replies=(YES, NO))
    assert (body["type"], body["interactive"]) == (
        "interactive",
        {
            "type": "button",
            "body": {"text": "Pick one"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "YES", "title": "Yes"}},
                    {"type": "reply", "reply": {"id": "No", "title": "No"}},
                ]
            },
        },
    )


def test_buttons_with_payloads_are_reply_buttons_on_whatsapp() -> None:
    action = _body("whatsapp", buttons=(AGAIN,))["interactive"]["action"]
    assert action == {
        "buttons": [{"type": "reply", "reply": {"id": "notify:mug", "title": "Tell me"}}]
    }


@pytest.mark.parametrize(("title", "label"), [(None, "Menu"), ("Seçin", "Seçin")])
def test_more_quick_replies_are_a_list_on_whatsapp(title: str | None, label: str) -> None:
    interactive = _body("whatsapp", quick_replies=_many(4), title=title)["interactive"]
    rows = [{"id": f"Number {each}", "title": f"Number {each}"} for each in range(4)]
    assert interactive == {
        "type": "list",
        "body": {"text": "Pick one"},
        "action": {"button": label, "sections": [{"rows": rows}]},
    }


def test_a_link_is_a_call_to_action_on_whatsapp() -> None:
    interactive = _body("whatsapp", buttons=(SHOP,))["interactive"]
    assert interactive == {
        "type": "cta_url",
        "body": {"text": "Pick one"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Shop", "url": "https://shop.example/mugs"},
        },
    }


def test_a_pin_is_a_location_on_whatsapp() -> None:
    body = _body("whatsapp", kind=MessageKind.LOCATION, text=None, location=PLACE)
    assert (body["type"], body["location"]) == (
        "location",
        {
            "latitude": 41.0082,
            "longitude": 28.9784,
            "name": "The Mug Shop",
            "address": "Divanyolu 1",
        },
    )


@pytest.mark.parametrize("platform", META)
def test_a_pin_is_a_text_with_a_link_where_there_are_none(platform: str) -> None:
    body = _body(platform, kind=MessageKind.LOCATION, text=None, location=PLACE)
    assert body["message"]["text"] == (
        "The Mug Shop\nDivanyolu 1\n"
        "https://www.google.com/maps/search/?api=1&query=41.0082%2C28.9784"
    )


def test_a_feedback_form_is_messengers_template() -> None:
    tag = Permit(Basis.CUSTOMER_FEEDBACK, None, "MESSAGE_TAG", "CUSTOMER_FEEDBACK")
    body = _body("messenger", tag, kind=MessageKind.FEEDBACK, text=None, feedback=FORM)
    assert (body["messaging_type"], body["tag"]) == ("MESSAGE_TAG", "CUSTOMER_FEEDBACK")
    assert body["message"]["attachment"]["payload"] == {
        "template_type": "customer_feedback",
        "title": "How did we do?",
        "subtitle": "One question",
        "button_title": "Rate us",
        "feedback_screens": [
            {
                "questions": [
                    {
                        "id": "q1",
                        "type": "csat",
                        "title": "How satisfied are you?",
                        "score_option": "five_stars",
                        "follow_up": {"type": "free_form"},
                    }
                ]
            }
        ],
        "business_privacy": {"url": "https://shop.example/privacy"},
        "expires_in_days": 7,
    }


@pytest.mark.parametrize("platform", META)
def test_a_private_reply_goes_to_the_comment(platform: str) -> None:
    body = _body(platform, TO_COMMENT, comment_id="555_1")
    assert body["recipient"] == {"comment_id": "555_1"}


@pytest.mark.parametrize("platform", META)
def test_what_is_permitted_by_the_window_goes_to_the_contact(platform: str) -> None:
    body = _body(platform, comment_id="555_1")
    assert body["recipient"] == {"id": builders.CONTACT}


@pytest.mark.parametrize("platform", META)
def test_a_private_reply_to_no_comment_is_a_bad_request(platform: str) -> None:
    with pytest.raises(SendError, match="comment_missing"):
        _body(platform, TO_COMMENT)


@pytest.mark.parametrize("platform", EVERYWHERE)
@pytest.mark.parametrize(
    "facts",
    [
        {"text": None, "quick_replies": (YES,)},
        {"quick_replies": (YES,), "attachment": Media(kind="image", media_id="1")},
        {"quick_replies": (YES,), "kind": MessageKind.LOCATION, "location": PLACE},
        {"quick_replies": _many(14)},
        {"quick_replies": (YES, YES)},
        {"quick_replies": (QuickReply(),)},
        {"quick_replies": (QuickReply(title="x" * 21),)},
        {"quick_replies": (QuickReply(title=" "),)},
        {"quick_replies": (QuickReply(title="x", payload="x" * 257),)},
        {"quick_replies": (QuickReply(kind="location"),)},
        {"quick_replies": (QuickReply(kind="user_email", title="E-mail"),)},
        {"buttons": (SHOP, SHOP)},
        {"buttons": tuple(Button(title=f"{each}", payload="x") for each in range(4))},
        {"buttons": (Button(title="x" * 21, payload="x"),)},
        {"buttons": (Button(title="x"),)},
        {"buttons": (Button(title="x", payload="x", url="https://shop.example"),)},
        {"buttons": (Button(title="x", payload="x" * 257),)},
        {"buttons": (Button(title="x", url="javascript:alert()"),)},
        {"buttons": (SHOP,), "text": "x" * 1025},
    ],
)
def test_choices_that_no_platform_takes_are_refused_before_posting(
    platform: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(SendError) as caught:
        _body(platform, **facts)
    assert (caught.value.reason, caught.value.error_class) == (
        "choices_not_offered",
        ErrorClass.BAD_REQUEST,
    )


@pytest.mark.parametrize(
    ("platform", "facts"),
    [
        ("messenger", {"buttons": (SHOP,), "text": "x" * 641}),
        ("instagram", {"buttons": (SHOP,), "text": "x" * 641}),
        ("instagram", {"quick_replies": (PHONE,)}),
        ("instagram", {"quick_replies": (YES,), "buttons": (SHOP,)}),
        ("whatsapp", {"quick_replies": (PHONE,)}),
        ("whatsapp", {"quick_replies": (YES,), "buttons": (SHOP,)}),
        ("whatsapp", {"buttons": (SHOP, AGAIN)}),
        ("whatsapp", {"quick_replies": _many(11)}),
        ("whatsapp", {"quick_replies": (YES,), "text": "x" * 1025}),
        ("whatsapp", {"quick_replies": (*_many(3), QuickReply(title="x", payload="x" * 201))}),
        ("whatsapp", {"quick_replies": (YES, QuickReply(title="Oui", payload="YES"))}),
    ],
)
def test_choices_that_one_platform_does_not_take_are_refused(
    platform: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(SendError, match="choices_not_offered"):
        _body(platform, **facts)


@pytest.mark.parametrize(
    ("platform", "facts", "reason"),
    [
        ("messenger", {"kind": MessageKind.LOCATION}, "location_missing"),
        ("whatsapp", {"kind": MessageKind.LOCATION}, "location_missing"),
        ("messenger", {"kind": MessageKind.FEEDBACK}, "feedback_missing"),
        (
            "messenger",
            {
                "kind": MessageKind.FEEDBACK,
                "feedback": FeedbackForm(
                    title="", subtitle="", button="", question_id="", question=""
                ),
            },
            "feedback_not_offered",
        ),
        (
            "instagram",
            {"kind": MessageKind.FEEDBACK, "feedback": FORM},
            "kind_not_offered_feedback",
        ),
        ("whatsapp", {"kind": MessageKind.FEEDBACK, "feedback": FORM}, "kind_not_offered_feedback"),
    ],
)
def test_a_form_that_is_not_there_or_not_offered_is_refused(
    platform: str, facts: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SendError, match=reason):
        _body(platform, **facts)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "x" * 66}, "title"),
        ({"subtitle": "x" * 81}, "subtitle"),
        ({"button": "x" * 21}, "button"),
        ({"question": ""}, "question"),
        ({"score": "stars"}, "score"),
        ({"privacy_url": ""}, "privacy_url"),
    ],
)
def test_what_is_wrong_with_a_feedback_form_is_named(wrong: dict[str, str], field: str) -> None:
    facts = {name: getattr(FORM, name) for name in FORM.__struct_fields__}
    found = feedback_problem(FeedbackForm(**(facts | wrong)))
    assert found is not None
    assert found[0] == field


@given(
    st.sampled_from(EVERYWHERE),
    st.text("xş", max_size=1100),
    st.lists(
        st.builds(
            QuickReply,
            kind=st.sampled_from(["text", "text", "user_email"]),
            title=st.none() | st.text("ab", max_size=22),
            payload=st.none() | st.text("ab", max_size=260),
        ),
        max_size=14,
    ),
    st.lists(
        st.builds(
            Button,
            title=st.text("ab", max_size=22),
            payload=st.none() | st.text("ab", max_size=10),
            url=st.none() | st.just("https://shop.example"),
        ),
        max_size=4,
    ),
)
def test_choices_are_rendered_if_and_only_if_they_pass_the_limits(
    platform: str, text: str, replies: list[QuickReply], buttons: list[Button]
) -> None:
    message = builders.outbound(
        platform=platform, text=text, quick_replies=tuple(replies), buttons=tuple(buttons)
    )
    offers = PLATFORMS[platform]
    is_fit = bool(text) and offers.text_limit(text) is None
    is_fit &= offers.choices_limit(text, replies, buttons) is None
    assert is_rendered(message) == is_fit
