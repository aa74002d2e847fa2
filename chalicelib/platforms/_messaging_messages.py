"""Messages of Messenger and Instagram and what happens to them: echoes, edits, unsends, reactions,
statuses.

Rules: Messenger Platform, webhook events (messages 2026-06-01, message-echoes 2026-03-18);
Instagram messaging webhooks (2026-09-11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.events import (
    Event,
    Item,
    MessageDeleted,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Reacted,
    StatusChanged,
)
from chalicelib.platforms._messaging_ends import PLATFORM_OF, ends, head
from chalicelib.platforms._parts import attachments, referral, story
from chalicelib.platforms._values import fingerprint, ident, mapping, moment, text, to_utc


def message(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """A customer's message, our echo, or an unsend; None if it says nothing at all."""
    if type(raw) is not dict or not raw:
        return None
    channel_id, contact_id, is_ours = ends(item, body)
    mid = ident(raw.get("mid"))
    platform = PLATFORM_OF[item.object]
    if raw.get("is_echo") is True and not is_ours:
        channel_id, contact_id, is_ours = contact_id, channel_id, True
    common: dict[str, Any] = {
        "event_id": f"{platform}:{channel_id}:{mid or fingerprint(item)}",
        "platform": platform,
        "channel_id": channel_id,
        "contact_id": contact_id,
        "occurred_at": moment(item),
        "item": item,
        "is_standby": item.section == "standby",
        "message_id": mid or fingerprint(item),
    }
    if raw.get("is_deleted") is True:
        return MessageDeleted(**common | {"event_id": common["event_id"] + ":deleted"})
    return _echo(raw, common) if is_ours else _received(raw, common)


def _echo(raw: dict[str, Any], common: dict[str, Any]) -> MessageEchoed:
    return MessageEchoed(
        text=text(raw.get("text")),
        attachments=attachments(raw),
        app_id=ident(raw.get("app_id")),
        metadata=text(raw.get("metadata")),
        **common,
    )


def _received(raw: dict[str, Any], common: dict[str, Any]) -> MessageReceived:
    reply_to = mapping(raw.get("reply_to"))
    return MessageReceived(
        text=text(raw.get("text")),
        attachments=attachments(raw),
        payload=text(mapping(raw.get("quick_reply")).get("payload")),
        reply_to=ident(reply_to.get("mid")),
        referral=referral(raw.get("referral")),
        story=story(reply_to),
        is_unsupported=raw.get("is_unsupported") is True,
        **common,
    )


def edit(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Up to five edits of a message (Messenger since 2024-04-09, Instagram since 2025-09-10)."""
    common = head(item, body)
    mid = ident(mapping(raw).get("mid"))
    if mid is None:
        return None
    number = raw.get("num_edit")
    return MessageEdited(
        event_id=f"{common['platform']}:{common['channel_id']}:{mid}:edit:{number}",
        message_id=mid,
        text=text(raw.get("text")),
        edit_number=number if type(number) is int else None,
        **common,
    )


def reaction(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """`reaction` and `emoji` may be absent when it is taken back."""
    if type(raw) is not dict:
        return None
    common = head(item, body)
    mid, action = ident(raw.get("mid")) or "", raw.get("action")
    emoji = None if action == "unreact" else text(raw.get("emoji")) or text(raw.get("reaction"))
    of = f"{mid}:reaction:{common['contact_id']}:{body.get('timestamp')}:{action}"
    return Reacted(
        event_id=f"{common['platform']}:{common['channel_id']}:{of}",
        message_id=mid,
        emoji=emoji,
        is_by_business=ends(item, body)[2],
        **common,
    )


def delivery(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Messenger only. `mids` is optional; the watermark covers all that was sent before it."""
    return _status(item, body, raw, "delivered")


def seen(item: Item, body: dict[str, Any], raw: Any) -> Event | None:
    """Messenger reads up to a watermark, Instagram one mid."""
    return _status(item, body, raw, "read")


def _status(item: Item, body: dict[str, Any], raw: Any, status: str) -> Event | None:
    if type(raw) is not dict:
        return None
    common = head(item, body)
    mids = _mids(raw)
    of = f"{common['contact_id']}:{status}:{raw.get('watermark') or ''}:{','.join(mids)}"
    return StatusChanged(
        event_id=f"{common['platform']}:{common['channel_id']}:{of}",
        status=status,
        message_ids=mids,
        watermark=to_utc(raw.get("watermark")),
        **common,
    )


def _mids(raw: dict[str, Any]) -> tuple[str, ...]:
    many = raw.get("mids")
    named = many if type(many) is list else [raw.get("mid")]
    return tuple(mid for mid in map(ident, named) if mid is not None)


READERS: dict[str, Callable[[Item, dict[str, Any], Any], Event | None]] = {
    "message": message,
    "message_edit": edit,
    "reaction": reaction,
    "delivery": delivery,
    "read": seen,
}
