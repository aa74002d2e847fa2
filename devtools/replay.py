"""`python -m devtools.replay FILE...`: one JSON line per normalised event of webhook bodies.

Exits 0 whatever is in the files: what cannot be read is an UnknownEvent that says why.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.core.events import Attachment, Event, Postback, UnknownEvent
from chalicelib.platforms import Unreadable, decode, parse

# The key under which an item keeps its own facts; these and the item's other keys become `details`.
_INNER = (
    "message",
    "message_edit",
    "reaction",
    "delivery",
    "read",
    "postback",
    "optin",
    "account_linking",
    "policy_enforcement",
    "policy-enforcement",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "response_feedback",
    "messaging_feedback",
    "order",
)


def main(names: list[str]) -> int:
    """Print the events of every file."""
    for name in names:
        for line in lines(name):
            sys.stdout.buffer.write(_encoded(line) + b"\n")
    return 0


def _encoded(line: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(line)
    except RecursionError:
        return msgspec.json.encode(_nothing(line["file"], "nested too deep"))


def lines(name: str) -> Iterator[dict[str, Any]]:
    """What is printed for one file."""
    try:
        payload = decode(Path(name).read_bytes())
    except (OSError, ValueError) as error:
        yield _nothing(name, f"cannot be read: {type(error).__name__}")
    except Unreadable as error:
        yield _nothing(name, str(error))
    else:
        yield from (_line(name, event) for event in parse(payload))


def _nothing(name: str, reason: str) -> dict[str, Any]:
    absent = ("channel_id", "contact_id", "event_id", "occurred_at", "text", "attachments")
    return {
        "file": _writable(name),
        "event": "UnknownEvent",
        "platform": "unknown",
        **dict.fromkeys(absent),
        "is_standby": False,
        "details": {"reason": reason},
    }


def _line(name: str, event: Event) -> dict[str, Any]:
    return {
        "file": _writable(name),
        "event": type(event).__name__,
        "platform": event.platform,
        "channel_id": event.channel_id,
        "contact_id": event.contact_id,
        "event_id": event.event_id,
        "occurred_at": event.occurred_at.isoformat() if event.occurred_at else None,
        "text": _text(event),
        "attachments": _attachments(event),
        "is_standby": event.is_standby,
        "details": details(event),
    }


def _writable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _text(event: Event) -> str | None:
    if isinstance(event, Postback):
        return event.title
    text: str | None = getattr(event, "text", None)
    return text


def _attachments(event: Event) -> list[dict[str, Any]] | None:
    found: tuple[Attachment, ...] = getattr(event, "attachments", ())
    return [_attachment(attachment) for attachment in found] or None


def _attachment(attachment: Attachment) -> dict[str, Any]:
    named = {
        "type": attachment.kind,
        "url": attachment.url,
        "media_id": attachment.media_id,
        "title": attachment.title,
    }
    return (attachment.facts or {}) | named


def details(event: Event) -> dict[str, Any]:
    """Every other fact under the platform's own keys, the inner object's beside the outer's."""
    item = event.item
    frame = item.frame or {}
    found: dict[str, Any] = {"object": item.object, "entry_id": item.entry_id}
    found |= {"time": item.entry_time, "field": item.field} | frame
    found |= _facts(frame.get("metadata")) | _of_contact(frame)
    found |= _flat(item.body)
    return found | ({"reason": event.reason} if isinstance(event, UnknownEvent) else {})


def _of_contact(frame: dict[str, Any]) -> dict[str, Any]:
    contacts = frame.get("contacts")
    if not isinstance(contacts, list) or len(contacts) != 1:
        return {}
    return _facts(contacts[0])


def _facts(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _flat(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {"body": body}
    flat = dict(body)
    for key in _INNER:
        if isinstance(body.get(key), dict):
            flat |= {
                name: fact
                for name, fact in body[key].items()
                if name not in ("sender", "recipient")
            }
    return flat


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
