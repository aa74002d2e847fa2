"""Is this an attachment that the platform takes? From the published tables, apart from the product.

Messenger: saving-assets (2026-04-22). Instagram: attachment-upload (2026-06-30). WhatsApp: media
(2025-12-02) and the pages of image, video, audio and document messages (2025-11-03).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from devtools.simulator.errors import GraphError, parameter, whatsapp

CLOUD_TYPES = {
    "image": "jpeg jpg png",
    "video": "3gp mp4",
    "audio": "aac amr mp3 m4a ogg",
    "document": "txt xls xlsx doc docx ppt pptx pdf",
}
CLOUD_KEYS = {
    "image": {"id", "link", "caption"},
    "video": {"id", "link", "caption"},
    "audio": {"id", "link", "voice"},
    "document": {"id", "link", "caption", "filename"},
}
INSTAGRAM_TYPES = {
    "image": "png jpeg jpg gif",
    "video": "mp4 ogg avi mov webm",
    "audio": "aac m4a wav mp4",
    "file": "pdf",
}
MESSENGER_TYPES = {"image", "video", "audio", "file"}


def check_attachment(platform: str, attachment: Any) -> None:
    """Raises GraphError (100) for what the Send API does not take."""
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise parameter("param message[attachment] needs a type and a payload")
    kind, payload = str(attachment.get("type")), attachment["payload"]
    if kind == "template":
        return
    if platform == "instagram":
        _check_instagram(kind, payload)
    elif kind not in MESSENGER_TYPES:
        raise parameter("param message[attachment][type] is unknown")
    elif _given(payload, "attachment_id", "url") == "url":
        _check_address(payload["url"])


def _check_instagram(kind: str, payload: dict[str, Any]) -> None:
    if kind == "MEDIA_SHARE":
        _given(payload, "id")
        return
    if kind not in INSTAGRAM_TYPES:
        raise parameter("param message[attachment][type] is unknown")
    _given(payload, "url")
    _check_address(payload["url"])
    if not _fits(payload["url"], INSTAGRAM_TYPES[kind]):
        raise GraphError(400, 100, "(#100) The media type is not supported", 2018047)


def _given(payload: dict[str, Any], *names: str) -> str:
    """The one name that is there with a text."""
    found = [name for name in names if isinstance(payload.get(name), str) and payload[name]]
    if len(found) != 1 or payload.keys() - {*found, "is_reusable"}:
        raise parameter("param message[attachment][payload] needs one of " + ", ".join(names))
    return found[0]


def _check_address(url: str) -> None:
    if not _is_fetched(url):
        raise GraphError(400, 100, "(#100) Failed to fetch the file from the url", 2018008)


def check_cloud_media(kind: str, media: dict[str, Any]) -> int | None:
    """None, or the code of the failure that is reported later: a link is fetched after the answer.
    Raises GraphError for what is refused at once."""
    strange = sorted(media.keys() - CLOUD_KEYS[kind])
    if strange:
        raise whatsapp(100, "Invalid parameter", f'Unexpected key "{strange[0]}" on param "{kind}"')
    references = [name for name in ("id", "link") if isinstance(media.get(name), str)]
    if len(references) != 1:
        raise whatsapp(131009, "Parameter value is not valid", f"{kind} needs an id or a link")
    if not isinstance(media.get("caption", ""), str) or len(media.get("caption", "")) > 1024:
        raise whatsapp(131009, "Parameter value is not valid", f"{kind}.caption: at most 1024")
    if "link" not in media:
        return None
    return _late_failure(kind, media["link"])


def _late_failure(kind: str, link: str) -> int | None:
    if not link.startswith(("https://", "http://")):
        raise whatsapp(131009, "Parameter value is not valid", f"{kind}.link is no web address")
    is_taken = _is_fetched(link) and _fits(link, CLOUD_TYPES[kind])
    return None if is_taken else 131053


def _is_fetched(url: str) -> bool:
    """Meta's servers reach what everybody reaches."""
    parts = urlsplit(url)
    return parts.scheme == "https" and "." in parts.netloc and "@" not in parts.netloc


def _fits(url: str, endings: str) -> bool:
    """By the name alone; a name without an ending is taken on trust."""
    _, dot, ending = urlsplit(url).path.rpartition("/")[2].rpartition(".")
    return not dot or ending.lower() in endings.split()
