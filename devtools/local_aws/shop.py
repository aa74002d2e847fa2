"""The shop that the local stack serves: one channel on each platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

APP_ID = "1029384756019283"

WEEKDAY = [{"opens": "09:00", "closes": "18:00"}]
SATURDAY = [{"opens": "10:00", "closes": "14:00"}]
HOURS = {day: WEEKDAY for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
INSTANT = "Hi {first_name}, thanks for writing! A person answers {usual_response_time}."
AWAY = "Hi {first_name}, we are closed right now and answer {opens_at}."
MUG = {
    "topic": "mug",
    "title": "Tell me when the mug is back",
    "keywords": ["mug"],
    "template_name": "back_in_stock",
    "template_language": "en",
}


@dataclass(frozen=True, slots=True)
class ShopChannel:
    """A channel and what is special about it."""

    channel_id: str
    platform: str
    name: str
    time_zone: str
    special: dict[str, Any]


CHANNELS = (
    ShopChannel(
        "100100100100101",
        "messenger",
        "Corner Shop",
        "Europe/Berlin",
        {"one_time_notifications": True},
    ),
    ShopChannel(
        "17841400000000001",
        "instagram",
        "@corner.shop",
        "Europe/London",
        {"graph_host": "instagram"},
    ),
    ShopChannel("106540352242922", "whatsapp", "Corner Shop", "Europe/Istanbul", {}),
)


def token_parameter(stage: str, channel_id: str) -> str:
    """Where the channel's access token is kept."""
    return f"/hearback/{stage}/channels/{channel_id}/token"


def settings(channel: ShopChannel, stage: str) -> dict[str, Any]:
    """The document for `PUT /v1/channels/{channel_id}`."""
    return {
        "platform": channel.platform,
        "name": channel.name,
        "time_zone": channel.time_zone,
        "hours": HOURS | {"saturday": SATURDAY},
        "instant_reply": {"is_on": True, "text": INSTANT},
        "away_message": {"is_on": True, "text": AWAY},
        "own_app_id": APP_ID,
        "notification_topics": [MUG],
        "token_parameter": token_parameter(stage, channel.channel_id),
    } | channel.special
