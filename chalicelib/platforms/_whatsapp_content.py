"""What a WhatsApp message says: its text, its attachments, the payload of a tap.

Rules: WhatsApp, webhooks, reference of message types (pages of 2025-10 to 2025-12); changelog to
2026-06-26.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from chalicelib.core.events import Attachment, Referral
from chalicelib.platforms._values import but, ident, mapping, objects, text


class Content(Struct, frozen=True):
    """Text is the body, the caption or the tapped title."""

    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None
    is_known: bool = True


def content(message: dict[str, Any]) -> Content:
    """What the message says; a type may come without its body, or be one that nobody documented."""
    kind = text(message.get("type")) or next((key for key in _KINDS if key in message), "unknown")
    reader = _KINDS.get(kind)
    if reader is None:
        return _undocumented(kind, message)
    raw = message.get(kind)
    return reader(kind, raw) if raw else Content()


def _undocumented(kind: str, message: dict[str, Any]) -> Content:
    raw = mapping(message.get(kind))
    body = text(mapping(message.get("text")).get("body")) or text(raw.get("caption"))
    found = (Attachment(kind, facts=raw),) if raw else ()
    return Content(body, found, is_known=False)


def _text(kind: str, raw: Any) -> Content:
    return Content(text(raw.get("body")) if type(raw) is dict else None)


def _media(kind: str, raw: Any) -> Content:
    """Media ids can be fetched for 7 days, urls for 5 minutes (WhatsApp, media, 2025-11-12)."""
    media = mapping(raw)
    found = Attachment(
        kind,
        url=text(media.get("url")),
        media_id=ident(media.get("id")),
        title=text(media.get("filename")),
        facts=but(media, "url", "id", "filename", "caption"),
    )
    return Content(text(media.get("caption")), (found,))


def _location(kind: str, raw: Any) -> Content:
    place = mapping(raw)
    found = Attachment(
        kind,
        url=text(place.get("url")),
        title=text(place.get("name")),
        facts=but(place, "url", "name"),
    )
    return Content(attachments=(found,))


def _contacts(kind: str, raw: Any) -> Content:
    return Content(attachments=(Attachment(kind, facts={"contacts": list(objects(raw))}),))


def _order(kind: str, raw: Any) -> Content:
    cart = mapping(raw)
    return Content(text(cart.get("text")), (Attachment(kind, facts=but(cart, "text")),))


def _button(kind: str, raw: Any) -> Content:
    """Of a template; the buttons of session messages are `interactive`."""
    button = mapping(raw)
    return Content(text(button.get("text")), payload=text(button.get("payload")))


def _interactive(kind: str, raw: Any) -> Content:
    tapped = mapping(raw)
    inner = text(tapped.get("type")) or ""
    answer = mapping(tapped.get(inner))
    if inner in ("button_reply", "list_reply"):
        return Content(text(answer.get("title")), payload=ident(answer.get("id")))
    payload = text(answer.get("response_json")) or text(answer.get("response"))
    found = (Attachment(inner, facts=answer),) if inner and answer else ()
    return Content(text(answer.get("body")), found, payload)


_KINDS: dict[str, Callable[[str, Any], Content]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "audio": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _contacts,
    "order": _order,
    "button": _button,
    "interactive": _interactive,
}


def referral(raw: Any) -> Referral | None:
    """Click-to-WhatsApp, on any type of message. `ctwa_clid` is absent for ads in Status (since
    2025-10-20)."""
    if type(raw) is not dict or not raw:
        return None
    return Referral(
        source=text(raw.get("source_type")),
        ad_id=ident(raw.get("source_id")) if raw.get("source_type") == "ad" else None,
        click_id=text(raw.get("ctwa_clid")),
        facts=but(raw, "source_type", "ctwa_clid"),
    )
