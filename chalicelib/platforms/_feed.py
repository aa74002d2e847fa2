"""Changes of a Page or Instagram account: comments, reviews, mentions, labels, marketing messages,
notices.

Rules: Messenger Platform, webhooks (2026-09-11); Instagram webhook examples (2026-04); the shapes
of
`feed` and `ratings` are the classic ones, unconfirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core.events import (
    AccountChanged,
    CommentReceived,
    ContactLabelled,
    Event,
    FeedChanged,
    Item,
    MarketingMessageReported,
    Mentioned,
    PageReviewed,
)
from chalicelib.platforms._messaging_ends import PLATFORM_OF
from chalicelib.platforms._values import fingerprint, ident, mapping, moment, text, to_utc

_MARKETING = "marketing_message_"
_NOTICES = frozenset(
    {
        "business_integrity",
        "marketing_messages_subscriber_upload_status",
        "message_template_status_update",
        "messenger_template_status_update",
    }
)


def read(item: Item) -> Event | None:
    """The event of a change; None for a field we have no word for."""
    field = item.field or ""
    if field in _NOTICES:
        return _notice(item, item.body)
    if field.startswith(_MARKETING):
        return _marketing(item, item.body)
    reader = _READERS.get(field)
    return reader(item, item.body) if reader is not None else None


def _head(item: Item, kind: str, contact: Any, at: Any = None) -> dict[str, Any]:
    platform = PLATFORM_OF[item.object]
    return {
        "event_id": f"{platform}:{item.entry_id}:{kind}:{fingerprint(item)}",
        "platform": platform,
        "channel_id": item.entry_id,
        "contact_id": ident(contact),
        "occurred_at": to_utc(at) or moment(item),
        "item": item,
    }


def _author(value: dict[str, Any]) -> tuple[str | None, str | None]:
    """Older feed changes say `sender_id` and `sender_name` in place of `from`."""
    author = mapping(value.get("from"))
    name = author.get("name") or author.get("username") or value.get("sender_name")
    return ident(author.get("id")) or ident(value.get("sender_id")), text(name)


def _feed(item: Item, value: dict[str, Any]) -> Event | None:
    if value.get("item") == "comment":
        return _comment(item, value)
    author_id, _ = _author(value)
    return FeedChanged(
        item_kind=text(value.get("item")),
        verb=text(value.get("verb")),
        post_id=ident(value.get("post_id")),
        comment_id=ident(value.get("comment_id")),
        text=text(value.get("message")),
        reaction=text(value.get("reaction_type")),
        is_by_business=author_id is not None and author_id == item.entry_id,
        **_head(item, "feed", author_id, value.get("created_time")),
    )


def _comment(item: Item, value: dict[str, Any]) -> Event | None:
    """Comments of Instagram carry no time of their own; the Page's own comments come along."""
    comment_id = ident(value.get("comment_id")) or ident(value.get("id"))
    if comment_id is None:
        return None
    author_id, name = _author(value)
    return CommentReceived(
        comment_id=comment_id,
        verb=text(value.get("verb")) or "add",
        text=text(value.get("message")) or text(value.get("text")),
        post_id=ident(value.get("post_id")) or ident(mapping(value.get("media")).get("id")),
        parent_id=ident(value.get("parent_id")),
        author_name=name,
        is_by_business=author_id is not None and author_id == item.entry_id,
        is_live=item.field == "live_comments",
        **_head(item, "comment", author_id, value.get("created_time")),
    )


def _review(item: Item, value: dict[str, Any]) -> Event | None:
    """Whether it still fires is unconfirmed; the reviewer's id is no user key."""
    recommendation = text(value.get("recommendation_type"))
    return PageReviewed(
        verb=text(value.get("verb")),
        recommendation=recommendation.lower() if recommendation else None,
        text=text(value.get("review_text")),
        author_name=text(value.get("reviewer_name")),
        review_id=ident(value.get("open_graph_story_id")),
        reviewer_id=ident(value.get("reviewer_id")),
        **_head(item, "review", None, value.get("created_time")),
    )


def _mention(item: Item, value: dict[str, Any]) -> Event | None:
    author_id, _ = _author(value)
    return Mentioned(
        post_id=ident(value.get("media_id")) or ident(value.get("post_id")),
        comment_id=ident(value.get("comment_id")),
        **_head(item, "mention", author_id, value.get("created_time")),
    )


def _label(item: Item, value: dict[str, Any]) -> Event | None:
    label = mapping(value.get("label"))
    return ContactLabelled(
        action=text(value.get("action")),
        label_id=ident(label.get("id")),
        label=text(label.get("page_label_name")),
        **_head(item, "label", mapping(value.get("user")).get("id")),
    )


def _marketing(item: Item, value: dict[str, Any]) -> Event | None:
    mid = ident(value.get("mid")) or ident(value.get("message_id"))
    kind = (item.field or "").removeprefix(_MARKETING)
    common = _head(item, "marketing", value.get("recipient_id"))
    common["channel_id"] = ident(value.get("page_id")) or item.entry_id
    return MarketingMessageReported(
        kind=kind,
        message_id=mid,
        token=text(value.get("messenger_subscription_token")),
        tracking_id=ident(value.get("marketing_message_tracking_id")),
        **common | {"event_id": f"{common['event_id']}:{mid or ''}"},
    )


def _notice(item: Item, value: dict[str, Any]) -> Event | None:
    return AccountChanged(
        field=item.field or "",
        change=text(value.get("event")),
        subject_id=ident(value.get("message_template_id")),
        name=text(value.get("message_template_name")),
        language=text(value.get("message_template_language")),
        **_head(item, "account", None),
    )


_READERS: dict[str, Callable[[Item, dict[str, Any]], Event | None]] = {
    "feed": _feed,
    "comments": _comment,
    "live_comments": _comment,
    "ratings": _review,
    "mentions": _mention,
    "mention": _mention,
    "inbox_labels": _label,
}
