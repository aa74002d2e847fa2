"""What a status tells of a price."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.events import Item, StatusChanged
from chalicelib.platforms._price_facts import free_until, of_status
from tests.builders import CHANNEL, NOON

PRICING = {"type": "free_entry_point", "category": "referral_conversion"}


def status(body: Any, contact_id: str = "TR.1A2B", pricing: Any = PRICING) -> StatusChanged:
    return StatusChanged(
        event_id="e",
        platform="whatsapp",
        channel_id=CHANNEL,
        contact_id=contact_id,
        occurred_at=NOON,
        item=Item("whatsapp_business_account", "statuses", body),
        status="sent",
        pricing=pricing,
    )


def told(body: Any, contact_id: str = "TR.1A2B") -> dict[str, Any]:
    return of_status(status(body, contact_id))


def test_the_end_of_a_free_entry_point_is_kept() -> None:
    body = {"conversation": {"id": "c1", "expiration_timestamp": "1763959201"}}
    assert told(body) == {
        "pricing": PRICING,
        "country": "TR",
        "free_until": "1763959201",
    }


@pytest.mark.parametrize(
    ("pricing", "origin", "is_told"),
    [
        ({"type": "regular", "category": "utility"}, "utility", False),
        ({"billable": True, "category": "business-initiated"}, "user_initiated", False),
        ({"type": "regular", "category": "service"}, None, False),
        ({"type": [], "category": {}}, {}, False),
        ({"billable": False, "category": "referral_conversion"}, None, True),
        ({"billable": False}, "referral_conversion", True),
    ],
)
def test_the_end_of_another_conversation_is_no_end_of_what_is_free(
    pricing: dict[str, Any], origin: Any, is_told: bool
) -> None:
    ends = {"expiration_timestamp": "1763959201", "origin": {"type": origin}}
    body = {"conversation": {"id": "c1"} | ends}
    assert (free_until(status(body, pricing=pricing)) is not None) == is_told


@pytest.mark.parametrize(
    ("body", "contact", "country"),
    [
        ({"recipient_id": "994501112233"}, "TR.1A2B", "AZ"),
        ({"recipient_id": ""}, "TR.1A2B", "TR"),
        ({}, "905551112233", "TR"),
    ],
)
def test_the_number_goes_before_the_user_id(
    body: dict[str, Any], contact: str, country: str
) -> None:
    assert told(body, contact)["country"] == country


@pytest.mark.parametrize("body", [{}, None, {"conversation": "c1"}, {"recipient_id": {}}])
def test_what_is_not_told_is_left_out(body: Any) -> None:
    assert told(body, "opaque") == {"pricing": PRICING}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("1763959201", datetime(2025, 11, 24, 4, 40, 1, tzinfo=UTC)),
        (1763959201, datetime(2025, 11, 24, 4, 40, 1, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        ({}, None),
    ],
)
def test_the_end_of_what_is_free_is_a_moment_or_nothing(
    told: Any, expected: datetime | None
) -> None:
    assert free_until(status({"conversation": {"expiration_timestamp": told}})) == expected
