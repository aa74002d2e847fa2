"""Translation between a platform's JSON and our words. One file per platform, one `PLATFORM` in
each."""

from __future__ import annotations

from chalicelib.core.events import Event, Item
from chalicelib.platforms._contract import (
    PAIR_RATE_CODE,
    Accepted,
    ErrorClass,
    GraphRequest,
    Platform,
    SendError,
)
from chalicelib.platforms._json import Unreadable, decode
from chalicelib.platforms._parse import events_in, parse, platform_of

__all__ = [
    "PAIR_RATE_CODE",
    "Accepted",
    "ErrorClass",
    "Event",
    "GraphRequest",
    "Item",
    "Platform",
    "SendError",
    "Unreadable",
    "decode",
    "events_in",
    "parse",
    "platform_of",
]
