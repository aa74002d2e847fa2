"""What this build can do; a new platform changes this test."""

from __future__ import annotations

from chalicelib.catalogue import PLATFORMS
from chalicelib.platforms import platform_of


def test_the_platforms_of_this_build() -> None:
    assert {name: platform.object for name, platform in PLATFORMS.items()} == {
        "instagram": "instagram",
        "messenger": "page",
        "whatsapp": "whatsapp_business_account",
    }


def test_a_payload_names_its_platform_by_its_object() -> None:
    assert platform_of({"object": "page"}) is PLATFORMS["messenger"]
    assert platform_of({"object": ["page"]}) is None
