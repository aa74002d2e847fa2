"""Which attachments each platform takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.attachments import KINDS
from chalicelib.core.messages import Media
from chalicelib.platforms._media import RULES

PAGES = Path(__file__).parents[2] / "docs" / "platforms"
URL = "https://shop.example/thing."


def wrong_field(platform: str, kind: str, ending: str, **facts: Any) -> str | None:
    caption = facts.pop("caption", None)
    media = Media(**({"kind": kind, "url": URL + ending} | facts))
    wrong = PLATFORMS[platform].attachment_limit(media, caption)
    return wrong[0] if wrong else None


def test_every_platform_has_one_rule_for_every_kind() -> None:
    known = sorted((rule.platform, rule.kind) for rule in RULES)
    assert known == sorted((platform, kind) for platform in PLATFORMS for kind in KINDS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.platform}-{rule.kind}")
def test_every_rule_stands_on_the_page_of_its_platform(rule: Any) -> None:
    page = (PAGES / f"{rule.platform}.md").read_text()
    formats = ", ".join(rule.extensions) or "any"
    assert f"| `{rule.kind}` | {formats} | {rule.megabytes} MB | " in page
    assert f" | {rule.source} |" in page


def test_every_rule_names_a_page_and_its_date() -> None:
    assert [rule for rule in RULES if ", 202" not in rule.source] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.platform}-{rule.kind}")
def test_every_format_of_a_rule_passes(rule: Any) -> None:
    endings = rule.extensions or ("anything", "zip")
    assert {wrong_field(rule.platform, rule.kind, ending) for ending in endings} == {None}


@pytest.mark.parametrize(
    ("platform", "kind", "ending", "expected"),
    [
        ("whatsapp", "image", "JPG", None),
        ("whatsapp", "image", "webp", "attachment.url"),
        ("whatsapp", "image", "gif", "attachment.url"),
        ("whatsapp", "image", "pdf", "attachment.url"),
        ("whatsapp", "video", "mov", "attachment.url"),
        ("whatsapp", "audio", "wav", "attachment.url"),
        ("whatsapp", "file", "zip", "attachment.url"),
        ("whatsapp", "file", "csv", "attachment.url"),
        ("instagram", "image", "gif", None),
        ("instagram", "image", "webp", "attachment.url"),
        ("instagram", "file", "docx", "attachment.url"),
        ("messenger", "file", "docx", None),
        ("whatsapp", "image", "php", None),
        ("whatsapp", "file", "aspx", None),
    ],
)
def test_only_an_ending_that_tells_of_another_format_is_refused(
    platform: str, kind: str, ending: str, expected: str | None
) -> None:
    assert wrong_field(platform, kind, ending) == expected


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_no_platform_takes_is_refused_by_each(platform: str) -> None:
    assert wrong_field(platform, "image", "jpg", url="http://shop.example/a") == "attachment.url"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_upload_is_taken_whatever_it_is(platform: str) -> None:
    assert wrong_field(platform, "video", "", url=None, media_id="4001") is None


@pytest.mark.parametrize(
    ("platform", "kind", "caption", "expected"),
    [
        ("messenger", "image", "Our mug", "text"),
        ("instagram", "image", "Our mug", "text"),
        ("whatsapp", "audio", "Our mug", "text"),
        ("whatsapp", "image", "x" * 1024, None),
        ("whatsapp", "image", "x" * 1025, "text"),
        ("whatsapp", "video", "Our mug", None),
        ("whatsapp", "file", "Our mug", None),
        ("messenger", "image", None, None),
        ("messenger", "image", "", None),
    ],
)
def test_words_go_only_with_what_has_a_caption(
    platform: str, kind: str, caption: str | None, expected: str | None
) -> None:
    assert wrong_field(platform, kind, "", caption=caption) == expected


@pytest.mark.parametrize(
    ("platform", "kind", "expected"),
    [
        ("whatsapp", "file", None),
        ("whatsapp", "image", "attachment.filename"),
        ("messenger", "file", "attachment.filename"),
        ("instagram", "file", "attachment.filename"),
    ],
)
def test_only_files_on_whatsapp_have_a_name(platform: str, kind: str, expected: str | None) -> None:
    assert wrong_field(platform, kind, "", filename="Prices.pdf") == expected


@given(
    st.sampled_from(sorted(PLATFORMS)),
    st.text(max_size=8),
    st.none() | st.text(max_size=40),
    st.none() | st.text(max_size=40),
    st.none() | st.text(max_size=40),
    st.none() | st.text(max_size=1100),
)
def test_no_attachment_makes_the_check_fail(
    platform: str,
    kind: str,
    url: str | None,
    media_id: str | None,
    filename: str | None,
    caption: str | None,
) -> None:
    media = Media(kind=kind, url=url, media_id=media_id, filename=filename)
    wrong = PLATFORMS[platform].attachment_limit(media, caption)
    assert wrong is None or wrong[0].startswith(("attachment", "text"))
