"""The stand-in judges attachments and what templates are filled with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import (
    ACCEPTED,
    CUSTOMERS,
    NUMBER,
    PAGE,
    PHONE,
    PROFESSIONAL,
    Meta,
    code_of,
)

URL = "https://shop.example/mug.jpg"


def _send_api(channel_id: str, kind: str, payload: Any) -> dict[str, Any]:
    attachment = {"type": kind, "payload": payload}
    return {"recipient": {"id": CUSTOMERS[channel_id]}, "message": {"attachment": attachment}}


def _cloud(kind: str, media: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": f"+{PHONE}", "type": kind, kind: media}


def _template(*components: Any, **facts: Any) -> dict[str, Any]:
    template = {"name": "mug", "language": {"code": "en_US"}, "components": list(components)}
    return _cloud("template", template | facts)


def _utility(**facts: Any) -> dict[str, Any]:
    template = {"name": "mug", "language": {"code": "en_US"}}
    message = {"recipient": {"id": CUSTOMERS[PAGE]}, "message": {"template": template}}
    return {**message, "messaging_type": "UTILITY", **facts}


@pytest.mark.parametrize(
    ("channel_id", "kind", "payload", "code"),
    [
        (PAGE, "image", {"url": URL}, ACCEPTED),
        (PAGE, "file", {"url": URL, "is_reusable": True}, ACCEPTED),
        (PAGE, "image", {"attachment_id": "4001"}, ACCEPTED),
        (PAGE, "document", {"url": URL}, (100, None)),
        (PAGE, "image", {}, (100, None)),
        (PAGE, "image", {"url": URL, "attachment_id": "4001"}, (100, None)),
        (PAGE, "image", {"url": URL, "caption": "x"}, (100, None)),
        (PAGE, "image", {"link": URL}, (100, None)),
        (PAGE, "image", URL, (100, None)),
        (PAGE, "image", {"url": "http://shop.example/mug.jpg"}, (100, 2018008)),
        (PAGE, "image", {"url": "https://localhost/mug.jpg"}, (100, 2018008)),
        (PROFESSIONAL, "image", {"url": URL}, ACCEPTED),
        (PROFESSIONAL, "MEDIA_SHARE", {"id": "4001"}, ACCEPTED),
        (PROFESSIONAL, "image", {"attachment_id": "4001"}, (100, None)),
        (PROFESSIONAL, "sticker", {"url": URL}, (100, None)),
        (PROFESSIONAL, "file", {"url": URL}, (100, 2018047)),
        (PROFESSIONAL, "image", {"url": "ftp://shop.example/a.png"}, (100, 2018008)),
    ],
)
def test_an_attachment_of_the_send_api_is_judged(
    meta: Meta, channel_id: str, kind: str, payload: Any, code: Any
) -> None:
    meta.writes(channel_id)
    assert code_of(meta.sends(channel_id, _send_api(channel_id, kind, payload))) == code


def test_a_text_and_an_attachment_are_two_messages(meta: Meta) -> None:
    meta.writes(PAGE)
    body = _send_api(PAGE, "image", {"url": URL})
    body["message"]["text"] = "Our mug"
    assert code_of(meta.sends(PAGE, body)) == (100, None)


@pytest.mark.parametrize(
    ("kind", "media", "code"),
    [
        ("image", {"link": URL, "caption": "x" * 1024}, None),
        ("document", {"id": "4001", "filename": "a.pdf", "caption": "x"}, None),
        ("audio", {"id": "4001", "voice": True}, None),
        ("image", {}, 131009),
        ("image", {"id": "4001", "link": URL}, 131009),
        ("image", {"link": URL, "caption": "x" * 1025}, 131009),
        ("image", {"link": "mug.jpg"}, 131009),
        ("audio", {"id": "4001", "caption": "x"}, 100),
        ("image", {"id": "4001", "filename": "a.jpg"}, 100),
        ("image", URL, 131008),
        ("file", {"id": "4001"}, 131009),
    ],
)
def test_an_attachment_of_the_cloud_api_is_judged(
    meta: Meta, kind: str, media: Any, code: int | None
) -> None:
    meta.writes(NUMBER)
    assert code_of(meta.sends(NUMBER, _cloud(kind, media)))[0] == code


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        ("image", "https://shop.example/mug.webp"),
        ("document", "https://shop.example/mugs.zip"),
        ("image", "http://shop.example/mug.jpg"),
        ("image", "https://intranet/mug.jpg"),
    ],
)
def test_a_link_that_cannot_be_fetched_or_shown_fails_later(
    meta: Meta, kind: str, link: str
) -> None:
    meta.writes(NUMBER)
    assert meta.sends(NUMBER, _cloud(kind, {"link": link}))[0] == 200
    assert "131053" in str(meta.delivered("status"))


def test_an_attachment_needs_the_window_as_a_text_does(meta: Meta) -> None:
    meta.writes(NUMBER)
    meta.moves_on(days=2)
    meta.sends(NUMBER, _cloud("image", {"id": "4001"}))
    assert "131047" in str(meta.delivered("status"))


@pytest.mark.parametrize(
    ("kind", "parameter", "code"),
    [
        ("body", {"type": "text", "text": "A-17"}, None),
        ("body", {"type": "text", "text": "a\nb"}, 132018),
        ("body", {"type": "text"}, 132012),
        ("body", {"type": "number", "number": 5}, 132012),
        ("body", {"type": "currency", "currency": {"code": "EUR"}}, 132012),
        ("button", {"type": "payload", "payload": "STOP"}, None),
    ],
)
def test_what_a_template_is_filled_with_is_judged(
    meta: Meta, kind: str, parameter: Any, code: int | None
) -> None:
    meta.control("POST", "/_templates", [{"channel_id": NUMBER, "name": "mug"}])
    component = {"type": kind, "parameters": [parameter]}
    assert code_of(meta.sends(NUMBER, _template(component)))[0] == code


@pytest.mark.parametrize(
    ("components", "code"),
    [
        ([{"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]}], None),
        ([{"type": "header", "parameters": [{"type": "video", "video": {"id": "1"}}]}], 132012),
        ([], 132012),
    ],
)
def test_a_template_has_the_header_that_was_approved(
    meta: Meta, components: list[Any], code: int | None
) -> None:
    known = {"channel_id": NUMBER, "name": "mug", "header": "image"}
    meta.control("POST", "/_templates", [known])
    assert code_of(meta.sends(NUMBER, _template(*components)))[0] == code


@pytest.mark.parametrize(
    ("facts", "known", "code"),
    [
        ({}, [{"channel_id": PAGE, "name": "mug"}], ACCEPTED),
        ({}, [], (100, None)),
        ({}, [{"channel_id": PAGE, "name": "mug", "body_parameters": 1}], (100, None)),
        ({"messaging_type": "RESPONSE"}, [{"channel_id": PAGE, "name": "mug"}], (100, None)),
        ({"message": {"text": "hi"}}, [], (100, None)),
    ],
)
def test_a_utility_message_is_judged_at_any_time(
    meta: Meta, facts: dict[str, Any], known: list[Any], code: Any
) -> None:
    meta.writes(PAGE)
    meta.moves_on(days=30)
    meta.control("POST", "/_templates", known)
    assert code_of(meta.sends(PAGE, _utility(**facts))) == code
