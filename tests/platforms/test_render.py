"""What we send, byte for byte of the JSON that leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.messages import Media, MessageKind
from chalicelib.core.messaging_policy import Basis, Permit
from chalicelib.platforms import ErrorClass, GraphRequest, SendError, _cloud_api, _send_api
from tests import builders
from tests.platforms.rendering import IN_WINDOW, is_rendered

ATTEMPT = "hbq3J5vYx0aB1cD2eF3gH4iJ"
BY_TOKEN = Permit(Basis.ONE_TIME_TOKEN)
HUMAN_AGENT = Permit(Basis.HUMAN_AGENT, messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT")
BY_TEMPLATE = Permit(Basis.APPROVED_TEMPLATE)
TEMPLATE = {"name": "mug_is_back", "language": {"code": "en_US"}, "components": []}

URL = "https://shop.example/mug"
UPLOAD = Media(kind="image", media_id="4001")

Render = Callable[[Any, Permit, str], GraphRequest]


def test_messenger_text_in_the_window() -> None:
    request = _send_api.render_messenger(builders.outbound(text="Hello"), IN_WINDOW, ATTEMPT)
    assert request == GraphRequest(
        "/messages",
        {
            "recipient": {"id": builders.CONTACT},
            "messaging_type": "RESPONSE",
            "message": {"text": "Hello", "metadata": ATTEMPT},
        },
    )


def test_messenger_text_by_a_person_outside_the_window_carries_the_tag() -> None:
    request = _send_api.render_messenger(builders.outbound(), HUMAN_AGENT, ATTEMPT)
    assert (request.body["messaging_type"], request.body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_messenger_text_in_the_window_carries_no_tag() -> None:
    assert "tag" not in _send_api.render_messenger(builders.outbound(), IN_WINDOW, ATTEMPT).body


def test_messenger_notification_goes_to_the_token_and_not_to_the_contact() -> None:
    message = builders.outbound(text="The mug is back", token="otn1")
    request = _send_api.render_messenger(message, BY_TOKEN, ATTEMPT)
    assert request.body == {
        "recipient": {"one_time_notif_token": "otn1"},
        "message": {"text": "The mug is back", "metadata": ATTEMPT},
    }


def test_messenger_request_for_a_notification_is_the_documented_template() -> None:
    message = builders.outbound(
        kind=MessageKind.OPT_IN_REQUEST, text=None, topic="RESTOCK_9", title="When the mug is back"
    )
    request = _send_api.render_messenger(message, IN_WINDOW, ATTEMPT)
    assert request.body["message"] == {
        "attachment": {
            "type": "template",
            "payload": {
                "template_type": "one_time_notif_req",
                "title": "When the mug is back",
                "payload": "RESTOCK_9",
            },
        },
        "metadata": ATTEMPT,
    }


def test_messenger_utility_template_stands_in_the_message() -> None:
    message = builders.outbound(kind=MessageKind.TEMPLATE, text=None, template=TEMPLATE)
    permit = Permit(Basis.APPROVED_TEMPLATE, messaging_type="UTILITY")
    request = _send_api.render_messenger(message, permit, ATTEMPT)
    assert request.body["message"] == {"template": TEMPLATE, "metadata": ATTEMPT}


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
@pytest.mark.parametrize("render", [_send_api.render_messenger, _send_api.render_instagram])
def test_an_attachment_by_address_is_the_documented_payload(render: Render, kind: str) -> None:
    message = builders.outbound(text=None, attachment=Media(kind=kind, url=URL))
    assert render(message, IN_WINDOW, ATTEMPT).body == {
        "recipient": {"id": builders.CONTACT},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": kind, "payload": {"url": URL}}, "metadata": ATTEMPT},
    }


def test_a_messenger_upload_is_sent_by_its_attachment_id() -> None:
    message = builders.outbound(text=None, attachment=UPLOAD)
    assert _send_api.render_messenger(message, IN_WINDOW, ATTEMPT).body["message"] == {
        "attachment": {"type": "image", "payload": {"attachment_id": "4001"}},
        "metadata": ATTEMPT,
    }


def test_an_instagram_upload_is_sent_as_a_share() -> None:
    message = builders.outbound(text=None, attachment=UPLOAD)
    assert _send_api.render_instagram(message, IN_WINDOW, ATTEMPT).body["message"] == {
        "attachment": {"type": "MEDIA_SHARE", "payload": {"id": "4001"}},
        "metadata": ATTEMPT,
    }


def test_an_attachment_by_a_person_outside_the_window_carries_the_tag() -> None:
    message = builders.outbound(text=None, attachment=UPLOAD)
    assert _send_api.render_messenger(message, HUMAN_AGENT, ATTEMPT).body["tag"] == "HUMAN_AGENT"


def test_an_attachment_may_be_a_notification() -> None:
    message = builders.outbound(text=None, attachment=UPLOAD, token="otn1")
    body = _send_api.render_messenger(message, BY_TOKEN, ATTEMPT).body
    assert body["recipient"] == {"one_time_notif_token": "otn1"}


@pytest.mark.parametrize(
    ("media", "caption", "content"),
    [
        (Media(kind="image", url=URL), None, {"type": "image", "image": {"link": URL}}),
        (UPLOAD, "Our mug", {"type": "image", "image": {"id": "4001", "caption": "Our mug"}}),
        (
            Media(kind="video", media_id="4001"),
            "A mug",
            {"type": "video", "video": {"id": "4001", "caption": "A mug"}},
        ),
        (Media(kind="audio", media_id="4001"), None, {"type": "audio", "audio": {"id": "4001"}}),
        (
            Media(kind="file", media_id="4001", filename="order.pdf"),
            "Your order",
            {
                "type": "document",
                "document": {"id": "4001", "filename": "order.pdf", "caption": "Your order"},
            },
        ),
    ],
)
def test_a_whatsapp_attachment_is_the_documented_message(
    media: Media, caption: str | None, content: dict[str, Any]
) -> None:
    message = builders.outbound(
        platform="whatsapp", contact_id="16505551234", text=caption, attachment=media
    )
    assert _cloud_api.render(message, IN_WINDOW, ATTEMPT).body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+16505551234",
        "biz_opaque_callback_data": ATTEMPT,
        **content,
    }


@given(
    st.sampled_from(sorted(PLATFORMS)),
    st.sampled_from(["image", "video", "audio", "file", "sticker"]),
    st.sampled_from([URL, "https://shop.example/a.webp", "http://shop.example/a", None]),
    st.none() | st.just("Our mug"),
)
def test_an_attachment_is_rendered_if_and_only_if_it_passes_the_limit(
    platform: str, kind: str, url: str | None, caption: str | None
) -> None:
    message = builders.outbound(
        platform=platform, text=caption, attachment=Media(kind=kind, url=url)
    )
    is_fit = PLATFORMS[platform].attachment_limit(message.attachment, caption) is None
    assert is_rendered(message) == is_fit


def test_instagram_text_names_the_attempt() -> None:
    message = builders.outbound(platform="instagram", contact_id="8001", text="Merhaba")
    request = _send_api.render_instagram(message, IN_WINDOW, ATTEMPT)
    assert request.body["recipient"] == {"id": "8001"}
    assert request.body["message"] == {"text": "Merhaba", "metadata": ATTEMPT}


def test_whatsapp_text_to_a_phone_number_has_its_plus_sign() -> None:
    message = builders.outbound(platform="whatsapp", contact_id="905551112233", text="Hello")
    assert _cloud_api.render(message, IN_WINDOW, ATTEMPT).body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+905551112233",
        "type": "text",
        "text": {"body": "Hello", "preview_url": False},
        "biz_opaque_callback_data": ATTEMPT,
    }


@pytest.mark.parametrize("user_id", ["TR.1A2B", "US.1234567", "٣٤٥"])
def test_whatsapp_text_to_a_user_id_uses_recipient(user_id: str) -> None:
    message = builders.outbound(platform="whatsapp", contact_id=user_id)
    body = _cloud_api.render(message, IN_WINDOW, ATTEMPT).body
    assert body["recipient"] == user_id
    assert "to" not in body


def test_whatsapp_template_is_passed_as_meta_wants_it() -> None:
    message = builders.outbound(
        platform="whatsapp", kind=MessageKind.TEMPLATE, text=None, template=TEMPLATE
    )
    body = _cloud_api.render(message, BY_TEMPLATE, ATTEMPT).body
    assert (body["type"], body["template"]) == ("template", TEMPLATE)
    assert "text" not in body


@pytest.mark.parametrize(
    ("render", "permit", "facts", "reason"),
    [
        (_send_api.render_messenger, IN_WINDOW, {"text": None}, "text_missing"),
        (_send_api.render_messenger, IN_WINDOW, {"text": "x" * 2000}, "text_too_long"),
        (_send_api.render_messenger, BY_TOKEN, {"token": None}, "one_time_token_missing"),
        (
            _send_api.render_messenger,
            IN_WINDOW,
            {"kind": MessageKind.OPT_IN_REQUEST, "topic": "mug", "title": "x" * 66},
            "title_too_long",
        ),
        (
            _send_api.render_messenger,
            IN_WINDOW,
            {"kind": MessageKind.OPT_IN_REQUEST, "topic": "mug"},
            "title_or_topic_missing",
        ),
        (
            _send_api.render_messenger,
            IN_WINDOW,
            {"kind": MessageKind.TEMPLATE},
            "template_missing",
        ),
        (
            _send_api.render_messenger,
            IN_WINDOW,
            {"kind": MessageKind.POSTBACK},
            "kind_not_offered_postback",
        ),
        (_send_api.render_instagram, IN_WINDOW, {"text": "ş" * 501}, "text_too_long"),
        (
            _send_api.render_instagram,
            IN_WINDOW,
            {"kind": MessageKind.OPT_IN_REQUEST},
            "kind_not_offered_opt_in_request",
        ),
        (_send_api.render_messenger, IN_WINDOW, {"attachment": UPLOAD}, "attachment_not_offered"),
        (_send_api.render_instagram, IN_WINDOW, {"attachment": UPLOAD}, "attachment_not_offered"),
        (
            _cloud_api.render,
            IN_WINDOW,
            {"attachment": Media(kind="sticker", media_id="1")},
            "attachment_not_offered",
        ),
        (_cloud_api.render, IN_WINDOW, {"text": ""}, "text_missing"),
        (_cloud_api.render, IN_WINDOW, {"text": "x" * 4097}, "text_too_long"),
        (_cloud_api.render, BY_TEMPLATE, {"kind": MessageKind.TEMPLATE}, "template_missing"),
        (
            _cloud_api.render,
            IN_WINDOW,
            {"kind": MessageKind.OPT_IN_REQUEST},
            "kind_not_offered_opt_in_request",
        ),
    ],
)
def test_what_a_platform_has_no_form_for_is_a_bad_request(
    render: Render, permit: Permit, facts: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SendError) as caught:
        render(builders.outbound(**facts), permit, ATTEMPT)
    assert (caught.value.reason, caught.value.error_class) == (reason, ErrorClass.BAD_REQUEST)


@pytest.mark.parametrize(
    ("limit", "longest", "too_long"),
    [
        (_send_api.text_limit_messenger, "x" * 1999, "x" * 2000),
        (_send_api.text_limit_instagram, "x" * 1000, "x" * 1001),
        (_send_api.text_limit_instagram, "ş" * 500, "ş" * 500 + "x"),
        (_send_api.text_limit_instagram, "☕" * 333 + "x", "☕" * 334),
        (_cloud_api.text_limit, "x" * 4096, "x" * 4097),
    ],
)
def test_the_longest_text_passes_and_one_more_does_not(
    limit: Callable[[str], str | None], longest: str, too_long: str
) -> None:
    assert limit(longest) is None
    assert limit(too_long) is not None


def test_the_complaint_names_the_limit_and_the_size_but_not_the_text() -> None:
    problem = _send_api.text_limit_instagram("ş" * 600)
    assert problem == "at most 1000 bytes in UTF-8, this has 1200"


@given(st.text(st.characters(codec=None), max_size=1100))
def test_an_instagram_text_passes_if_and_only_if_its_bytes_do(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    assert (_send_api.text_limit_instagram(text) is None) == (size <= 1000)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (_send_api.profile_path_messenger, "/7001?fields=first_name,last_name,name"),
        (_send_api.profile_path_instagram, "/7001?fields=name,username"),
    ],
)
def test_a_profile_is_asked_for_by_contact(path: Callable[[str], str], expected: str) -> None:
    assert path("7001") == expected


def test_a_contact_id_cannot_change_the_path_of_a_profile() -> None:
    path = _send_api.profile_path_messenger("../me/accounts?x=")
    assert path.startswith("/..%2Fme%2Faccounts%3Fx%3D?fields=")
