"""The floor: the least a Python program can do to know who wrote what.

`hmac.digest` over the raw bytes, compared, and one typed msgspec decode of the whole body into
Structs that name every fact which our events of messages and statuses carry. No ids of our own, no
times turned into dates, no raw item kept beside, no tolerance: one odd delivery and it raises.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder

from devtools.benchmark.bodies import SECRET, Delivery


class Party(Struct, frozen=True, gc=False):
    id: str | None = None
    user_ref: str | None = None


class Story(Struct, frozen=True, gc=False):
    id: str | None = None
    url: str | None = None


class ReplyTo(Struct, frozen=True, gc=False):
    mid: str | None = None
    story: Story | None = None


class Referral(Struct, frozen=True, gc=False):
    source: str | None = None
    type: str | None = None
    ref: str | None = None
    ad_id: str | None = None
    ads_context_data: Any = None


class QuickReply(Struct, frozen=True, gc=False):
    payload: str | None = None


class MediaPayload(Struct, frozen=True, gc=False):
    url: str | None = None
    title: str | None = None
    sticker_id: int | None = None
    attachment_id: str | None = None
    ig_post_media_id: str | None = None
    story_media_id: str | None = None
    story_media_url: str | None = None
    reel_video_id: str | None = None


class Attachment(Struct, frozen=True, gc=False):
    type: str | None = None
    title: str | None = None
    url: str | None = None
    payload: MediaPayload | None = None


class Message(Struct, frozen=True, gc=False):
    mid: str | None = None
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    quick_reply: QuickReply | None = None
    reply_to: ReplyTo | None = None
    referral: Referral | None = None
    sticker_id: int | None = None
    app_id: int | None = None
    metadata: str | None = None
    is_echo: bool = False
    is_deleted: bool = False
    is_unsupported: bool = False


class Edit(Struct, frozen=True, gc=False):
    mid: str
    text: str | None = None
    num_edit: int | None = None


class Reaction(Struct, frozen=True, gc=False):
    mid: str | None = None
    action: str | None = None
    reaction: str | None = None
    emoji: str | None = None


class Postback(Struct, frozen=True, gc=False):
    mid: str | None = None
    title: str | None = None
    payload: str | None = None
    referral: Referral | None = None


class Seen(Struct, frozen=True, gc=False):
    mid: str | None = None
    mids: tuple[str, ...] = ()
    watermark: int | None = None


class Messaging(Struct, frozen=True, gc=False):
    sender: Party | None = None
    recipient: Party | None = None
    timestamp: int | None = None
    message: Message | None = None
    postback: Postback | None = None
    reaction: Reaction | None = None
    message_edit: Edit | None = None
    referral: Referral | None = None
    delivery: Seen | None = None
    read: Seen | None = None


class Entry(Struct, frozen=True, gc=False):
    id: str
    time: int | None = None
    messaging: list[Messaging] = []
    standby: list[Messaging] = []


class Payload(Struct, frozen=True, gc=False):
    object: str
    entry: list[Entry] = []


class Text(Struct, frozen=True, gc=False):
    body: str | None = None


class Media(Struct, frozen=True, gc=False):
    id: str | None = None
    url: str | None = None
    caption: str | None = None
    filename: str | None = None
    mime_type: str | None = None
    sha256: str | None = None


class Context(Struct, frozen=True, gc=False):
    id: str | None = None


class Button(Struct, frozen=True, gc=False):
    text: str | None = None
    payload: str | None = None


class Ad(Struct, frozen=True, gc=False):
    source_type: str | None = None
    source_id: str | None = None
    source_url: str | None = None
    headline: str | None = None
    body: str | None = None
    ctwa_clid: str | None = None


class WhatsAppReaction(Struct, frozen=True, gc=False):
    message_id: str | None = None
    emoji: str | None = None


class WhatsAppMessage(Struct, frozen=True, gc=False):
    id: str | None = None
    sender: str | None = field(default=None, name="from")
    from_user_id: str | None = None
    timestamp: str | None = None
    type: str | None = None
    text: Text | None = None
    image: Media | None = None
    video: Media | None = None
    audio: Media | None = None
    document: Media | None = None
    sticker: Media | None = None
    location: Any = None
    contacts: Any = None
    order: Any = None
    interactive: Any = None
    button: Button | None = None
    reaction: WhatsAppReaction | None = None
    context: Context | None = None
    referral: Ad | None = None
    group_id: str | None = None


class WhatsAppStatus(Struct, frozen=True, gc=False):
    id: str
    status: str
    timestamp: str | None = None
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    biz_opaque_callback_data: str | None = None
    pricing: Any = None
    errors: Any = None


class Profile(Struct, frozen=True, gc=False):
    name: str | None = None


class WhatsAppContact(Struct, frozen=True, gc=False):
    wa_id: str | None = None
    user_id: str | None = None
    profile: Profile | None = None


class Number(Struct, frozen=True, gc=False):
    phone_number_id: str | None = None
    display_phone_number: str | None = None


class Value(Struct, frozen=True, gc=False):
    metadata: Number | None = None
    contacts: list[WhatsAppContact] = []
    messages: list[WhatsAppMessage] = []
    message_echoes: list[WhatsAppMessage] = []
    statuses: list[WhatsAppStatus] = []
    errors: Any = None


class Change(Struct, frozen=True, gc=False):
    field: str
    value: Value


class WhatsAppEntry(Struct, frozen=True, gc=False):
    id: str
    time: int | None = None
    changes: list[Change] = []


class WhatsAppPayload(Struct, frozen=True, gc=False):
    object: str
    entry: list[WhatsAppEntry] = []


DECODERS: dict[str, Decoder[Any]] = {
    "messenger": Decoder(Payload),
    "instagram": Decoder(Payload),
    "whatsapp": Decoder(WhatsAppPayload),
}


def reader(platform: str) -> Callable[[Delivery], object]:
    """Signed bytes to typed facts."""
    decode = DECODERS[platform].decode

    def read(delivery: Delivery) -> object:
        expected = "sha256=" + hmac.digest(SECRET, delivery.raw, "sha256").hex()
        if not hmac.compare_digest(expected, delivery.signature):
            raise ValueError("forged")
        return decode(delivery.raw)

    return read
