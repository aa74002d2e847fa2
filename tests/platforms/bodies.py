"""Bodies of deliveries for tests: keyword-only, with sensible defaults."""

from __future__ import annotations

from typing import Any

from chalicelib.core.events import Event
from chalicelib.platforms import parse


def messaging(**facts: Any) -> dict[str, Any]:
    """One item between contact 7001 and channel 1001."""
    ends = {"sender": {"id": "7001"}, "recipient": {"id": "1001"}}
    return {**ends, "timestamp": 1763700000000} | facts


def page(*items: Any, object: str = "page", **entry: Any) -> dict[str, Any]:
    """A delivery of Messenger (or Instagram) with these items."""
    return {"object": object, "entry": [{"id": "1001", "messaging": list(items)} | entry]}


def text(mid: str = "m_1", **facts: Any) -> dict[str, Any]:
    """An item with a plain message."""
    return messaging(message={"mid": mid, "text": "hi"} | facts)


def whatsapp(*, field: str = "messages", **value: Any) -> dict[str, Any]:
    """A delivery of WhatsApp to number 3001."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": "3001"}
    change = {"field": field, "value": {"metadata": metadata} | value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "2001", "changes": [change]}]}


def wa_message(**facts: Any) -> dict[str, Any]:
    """A text of phone 905551112233."""
    defaults = {"from": "905551112233", "id": "wamid.A", "timestamp": "1763700000"}
    return defaults | {"type": "text", "text": {"body": "hi"}} | facts


def one(payload: Any) -> Any:
    """The only event of a payload."""
    (event,) = parse(payload)
    return event


def kinds(payload: Any) -> list[str]:
    """The class names of a payload's events."""
    return [type(event).__name__ for event in parse(payload)]


def first(payload: Any) -> Event:
    """The first event of a payload."""
    return parse(payload)[0]
