"""Which images, videos, audios and files each platform takes, and which words beside them.

A name in the address that ends otherwise is refused before it is sent; an address that does not
tell is left to Meta, and so is the size. `megabytes` is for people: docs/platforms tell it.
"""

from __future__ import annotations

from msgspec import Struct

from chalicelib.core import attachments
from chalicelib.core.attachments import Problem
from chalicelib.core.messages import Media

_SAVING = "messenger-platform/send-messages/saving-assets, 2026-04-22; it names no formats"
_INSTAGRAM = "instagram-messaging/features/attachment-upload, 2026-06-30"
_WHATSAPP_MEDIA = "whatsapp/business-phone-numbers/media, 2025-12-02"
_WHATSAPP_IMAGE = f"{_WHATSAPP_MEDIA}; caption: whatsapp/messages/image-messages, 2025-11-03"
_WHATSAPP_VIDEO = f"{_WHATSAPP_MEDIA}; caption: whatsapp/messages/video-messages, 2025-11-03"
_WHATSAPP_AUDIO = f"{_WHATSAPP_MEDIA}; no caption: whatsapp/messages/audio-messages, 2025-11-03"
_WHATSAPP_FILE = f"{_WHATSAPP_MEDIA}; caption: whatsapp/messages/document-messages, 2025-11-03"


class MediaRule(Struct, frozen=True, kw_only=True):
    """What one platform takes of one kind. Without `extensions` any; `caption_characters` 0: no
    words beside it."""

    platform: str
    kind: str
    megabytes: int
    source: str
    extensions: tuple[str, ...] = ()
    caption_characters: int = 0
    has_filename: bool = False


RULES = (
    MediaRule(platform="messenger", kind="image", megabytes=8, source=_SAVING),
    MediaRule(platform="messenger", kind="video", megabytes=25, source=_SAVING),
    MediaRule(platform="messenger", kind="audio", megabytes=25, source=_SAVING),
    MediaRule(platform="messenger", kind="file", megabytes=25, source=_SAVING),
    MediaRule(
        platform="instagram",
        kind="image",
        megabytes=8,
        source=_INSTAGRAM,
        extensions=("png", "jpeg", "jpg", "gif"),
    ),
    MediaRule(
        platform="instagram",
        kind="video",
        megabytes=25,
        source=_INSTAGRAM,
        extensions=("mp4", "ogg", "avi", "mov", "webm"),
    ),
    MediaRule(
        platform="instagram",
        kind="audio",
        megabytes=25,
        source=f"{_INSTAGRAM}: acc, read as aac",
        extensions=("aac", "m4a", "wav", "mp4"),
    ),
    MediaRule(
        platform="instagram", kind="file", megabytes=25, source=_INSTAGRAM, extensions=("pdf",)
    ),
    MediaRule(
        platform="whatsapp",
        kind="image",
        megabytes=5,
        source=_WHATSAPP_IMAGE,
        extensions=("jpeg", "jpg", "png"),
        caption_characters=1024,
    ),
    MediaRule(
        platform="whatsapp",
        kind="video",
        megabytes=16,
        source=_WHATSAPP_VIDEO,
        extensions=("3gp", "mp4"),
        caption_characters=1024,
    ),
    MediaRule(
        platform="whatsapp",
        kind="audio",
        megabytes=16,
        source=_WHATSAPP_AUDIO,
        extensions=("aac", "amr", "mp3", "m4a", "ogg"),
    ),
    MediaRule(
        platform="whatsapp",
        kind="file",
        megabytes=100,
        source=_WHATSAPP_FILE,
        extensions=("txt", "xls", "xlsx", "doc", "docx", "ppt", "pptx", "pdf"),
        caption_characters=1024,
        has_filename=True,
    ),
)

# Endings that say what is behind an address. Any other ("php", "2" of "/v1.2") says nothing.
_TELLING = {ending for rule in RULES for ending in rule.extensions} | {
    *("bmp", "csv", "flac", "heic", "html", "mkv", "rtf", "svg", "tiff", "webp", "wma", "wmv"),
    *("7z", "exe", "gz", "odt", "rar", "zip"),
}


def problem_on(platform: str, media: Media, caption: str | None) -> Problem | None:
    """The field at fault and what was expected; None if the platform takes it with these words."""
    wrong = attachments.problem(media)
    if wrong:
        return wrong
    [rule] = [one for one in RULES if (one.platform, one.kind) == (platform, media.kind)]
    return _wrong_words(rule, media, caption) or _wrong_ending(rule, media)


def _wrong_words(rule: MediaRule, media: Media, caption: str | None) -> Problem | None:
    if caption and not rule.caption_characters:
        return "text", "nothing: here no words go with an attachment of this kind"
    if caption and len(caption) > rule.caption_characters:
        return (
            "text",
            f"at most {rule.caption_characters} characters beside an attachment, "
            f"this has {len(caption)}",
        )
    if media.filename is not None and not rule.has_filename:
        return "attachment.filename", "nothing: only files on WhatsApp are shown by a name"
    return None


def _wrong_ending(rule: MediaRule, media: Media) -> Problem | None:
    ending = attachments.extension(media)
    if not rule.extensions or ending in rule.extensions or ending not in _TELLING:
        return None
    return "attachment.url", f"{rule.kind} in one of the formats " + ", ".join(rule.extensions)
