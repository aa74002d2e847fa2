"""Parts of Messenger and Instagram messages: attachments, referrals, replies.

Rules: Messenger Platform, webhook events "messages" (2026-06-01), "referrals" (2025-07-01);
Instagram messaging webhooks (2026-09-11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.events import Attachment, Referral
from chalicelib.platforms._values import but, ident, mapping, objects, text

_URLS = ("url", "story_media_url")
_MEDIA_IDS = (
    "sticker_id",
    "attachment_id",
    "ig_post_media_id",
    "story_media_id",
    "reel_video_id",
    "id",
)


def attachments(message: dict[str, Any]) -> tuple[Attachment, ...]:
    """What came beside the text; a sticker named by the message alone counts as one."""
    if "attachments" not in message and "sticker_id" not in message:
        return ()
    found = tuple(_attachment(raw) for raw in objects(message.get("attachments")))
    sticker = ident(message.get("sticker_id"))
    if sticker and not found:
        return (Attachment("sticker", media_id=sticker),)
    return found


def _attachment(raw: dict[str, Any]) -> Attachment:
    payload = mapping(raw.get("payload"))
    return Attachment(
        kind=text(raw.get("type")) or "unknown",
        url=_first(payload, _URLS, text) or text(raw.get("url")) or text(raw.get("URL")),
        media_id=_first(payload, _MEDIA_IDS, ident),
        title=text(payload.get("title")) or text(raw.get("title")),
        facts=but(payload, "title", *_URLS, *_MEDIA_IDS),
    )


def _first(
    payload: dict[str, Any], names: tuple[str, ...], reading: Callable[[Any], str | None]
) -> str | None:
    for name in names:
        if name in payload and (found := reading(payload[name])):
            return found
    return None


def referral(raw: Any) -> Referral | None:
    """Where the customer came from, if the platform says so."""
    if type(raw) is not dict or not raw:
        return None
    return Referral(
        source=text(raw.get("source")),
        ref=text(raw.get("ref")),
        ad_id=ident(raw.get("ad_id")),
        facts=but(raw, "source", "ref", "ad_id"),
    )


def story(reply_to: Any) -> Attachment | None:
    """The story that is answered; it may be gone by the time somebody looks."""
    raw = mapping(mapping(reply_to).get("story"))
    if not raw:
        return None
    return Attachment(
        "story",
        url=text(raw.get("url")),
        media_id=ident(raw.get("id")),
        facts=but(raw, "url", "id"),
    )
