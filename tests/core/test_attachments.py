"""What every platform asks of an attachment, and how a row keeps one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import attachments
from chalicelib.core.attachments import extension, problem
from chalicelib.core.messages import Media
from chalicelib.core.outbound import message_of, row_of
from tests import builders

URL = "https://shop.example/mug.jpg"


def wrong_field(**facts: Any) -> str | None:
    wrong = problem(Media(**({"kind": "image", "url": URL} | facts)))
    return wrong[0] if wrong else None


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_each_kind_passes_by_address(kind: str) -> None:
    assert wrong_field(kind=kind) is None


def test_an_upload_passes_by_its_id() -> None:
    assert wrong_field(url=None, media_id="1857777774821032") is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "sticker"}, "attachment.kind"),
        ({"kind": ""}, "attachment.kind"),
        ({"url": None}, "attachment"),
        ({"media_id": "1"}, "attachment"),
        ({"url": None, "media_id": ""}, "attachment.media_id"),
        ({"url": None, "media_id": "1/../2"}, "attachment.media_id"),
        ({"filename": ""}, "attachment.filename"),
        ({"filename": "../prices.pdf"}, "attachment.filename"),
        ({"filename": "a\nb.pdf"}, "attachment.filename"),
        ({"filename": "x" * 201}, "attachment.filename"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(facts: dict[str, Any], field: str) -> None:
    assert wrong_field(**facts) == field


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://shop.example",
        "https://shop.example:443/a%20b.png?v=2#top",
        "https://CDN.shop.example/a",
        "https://xn--mller-kva.example/a",
    ],
)
def test_an_address_that_anybody_can_reach_passes(url: str) -> None:
    assert wrong_field(url=url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://shop.example/mug.jpg",
        "ftp://shop.example/mug.jpg",
        "//shop.example/mug.jpg",
        "https:///mug.jpg",
        "https://user:secret@shop.example/mug.jpg",
        "https://user@shop.example/mug.jpg",
        "https://@shop.example/mug.jpg",
        "https://shop.example:8443/mug.jpg",
        "https://shop.example:x/mug.jpg",
        "https://localhost/mug.jpg",
        "https://intranet/mug.jpg",
        "https://printer.local/mug.jpg",
        "https://db.internal/mug.jpg",
        "https://10.0.0.1/mug.jpg",
        "https://93.184.216.34/mug.jpg",
        "https://2130706433/mug.jpg",
        "https://0x7f.0.0.1/mug.jpg",
        "https://[::1]/mug.jpg",
        "https://[::1/mug.jpg",
        "https://shop.example./mug.jpg",
        "https://-shop.example/mug.jpg",
        "https://shop.example/müg.jpg",
        "https://shop.example/the mug.jpg",
        "https://shop.example/mug.jpg\n",
        "https://shop.example/" + "x" * 2000,
    ],
)
def test_an_address_that_not_everybody_can_reach_is_refused(url: str) -> None:
    assert wrong_field(url=url) == "attachment.url"


@given(st.text(max_size=60))
def test_no_address_makes_the_check_fail(rest: str) -> None:
    assert wrong_field(url=f"https://{rest}") in (None, "attachment.url")


def test_the_complaint_does_not_repeat_the_address() -> None:
    wrong = problem(Media(kind="image", url="https://user:secret@shop.example/a"))
    assert "secret" not in str(wrong)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, "jpg"),
        ("https://shop.example/MUG.JPG?size=2.png", "jpg"),
        ("https://shop.example/v1.2/mug", ""),
        ("https://shop.example", ""),
        ("https://shop.example/mug.", ""),
        (None, ""),
    ],
)
def test_the_ending_is_that_of_the_last_part_of_the_path(url: str | None, expected: str) -> None:
    assert extension(Media(kind="image", url=url)) == expected


media = st.builds(
    Media,
    kind=st.sampled_from(attachments.KINDS),
    url=st.none() | st.text(min_size=1),
    media_id=st.none() | st.text(min_size=1),
    filename=st.none() | st.text(min_size=1),
)


@given(media, st.none() | st.text(min_size=1))
def test_a_row_gives_back_the_attachment_that_it_was_planned_with(
    attachment: Media, caption: str | None
) -> None:
    message = builders.outbound(attachment=attachment, text=caption)
    row = row_of(message, at=builders.NOON, day=builders.TODAY)
    assert message_of(row, builders.conversation()) == message


def test_a_row_gives_back_the_template_that_it_was_planned_with() -> None:
    message = builders.outbound(template={"name": "mug"}, topic="mug", text=None)
    row = row_of(message, at=builders.NOON, day=builders.TODAY)
    assert message_of(row, builders.conversation()) == message
