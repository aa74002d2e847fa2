"""Events: what a webhook delivery tells us, in our words, one frozen value per fact.

All times are aware UTC datetimes. Ids are strings exactly as the platform sent them.
An `Item` is the raw fact beside it: whatever we did not name stays there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct


class Item(Struct, frozen=True, gc=False, omit_defaults=True):
    """The smallest raw piece of a delivery that means something by itself; it is what the queue carries."""

    object: str
    section: str  # "messaging", "standby", "messages", "statuses", "changes", "entry" ...
    body: Any
    entry_id: str | None = None
    entry_time: int | float | str | None = None
    field: str | None = None  # of a change
    frame: dict[str, Any] | None = None  # what the item shares with its neighbours: metadata, contacts
    problem: str | None = None  # why it cannot be read, if it cannot


class Attachment(Struct, frozen=True, omit_defaults=True):
    """Something beside text. Media are kept by reference; `url` expires."""

    kind: str  # the platform's word: image, video, audio, file, sticker, location, contacts, order, story_mention ...
    url: str | None = None
    media_id: str | None = None
    title: str | None = None
    facts: dict[str, Any] | None = None  # everything else the platform said about it


class Referral(Struct, frozen=True, omit_defaults=True):
    """Where a conversation came from: an ad, a link with a ref, a QR code."""

    source: str | None = None  # ADS, SHORTLINK, ad, post ...
    ref: str | None = None
    ad_id: str | None = None
    click_id: str | None = None  # ctwa_clid; absent stays absent
    facts: dict[str, Any] | None = None


class Event(Struct, frozen=True, kw_only=True):
    """What every event says. `channel_id` is the Page id, Instagram account id or phone_number_id as received;
    `contact_id` the user key (PSID, IGSID, on WhatsApp the BSUID when there is one, else the phone)."""

    event_id: str
    platform: str
    channel_id: str | None
    contact_id: str | None
    occurred_at: datetime | None
    item: Item
    is_standby: bool = False


class MessageReceived(Event, frozen=True, kw_only=True):
    """A customer wrote. `text` is the body, the caption or the tapped title."""

    message_id: str
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None  # of a quick reply or button
    reply_to: str | None = None
    referral: Referral | None = None
    contact_name: str | None = None
    is_unsupported: bool = False


class MessageEchoed(Event, frozen=True, kw_only=True):
    """The business wrote: we, a person in the native inbox, or another app."""

    message_id: str
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    app_id: str | None = None
    metadata: str | None = None
    is_phone_app: bool = False  # WhatsApp smb_message_echoes


class MessageEdited(Event, frozen=True, kw_only=True):
    message_id: str
    text: str | None
    edit_number: int | None = None


class MessageDeleted(Event, frozen=True, kw_only=True):
    """Somebody unsent a message: its content must go."""

    message_id: str


class Reacted(Event, frozen=True, kw_only=True):
    """`emoji` None means that the reaction was taken back."""

    message_id: str
    emoji: str | None
    is_by_business: bool = False


class Postback(Event, frozen=True, kw_only=True):
    """A customer tapped a button, menu item, ice breaker or Get Started."""

    message_id: str | None
    title: str | None
    payload: str | None
    referral: Referral | None = None


class Referred(Event, frozen=True, kw_only=True):
    """A customer came back through a link or an ad, without a message of their own."""

    referral: Referral


class OptedIn(Event, frozen=True, kw_only=True):
    """A customer agreed to hear from us later. `kind`: one_time, recurring, plugin, marketing."""

    kind: str
    topic: str | None = None
    token: str | None = None
    title: str | None = None
    expires_at: datetime | None = None


class OptedOut(Event, frozen=True, kw_only=True):
    """A customer asked to hear no more. `kind` as in `OptedIn`."""

    kind: str
    topic: str | None = None
    token: str | None = None


class StatusChanged(Event, frozen=True, kw_only=True):
    """Our messages went up the scale sent, delivered, read, played; or failed.

    Messenger names a `watermark` (everything we sent until then), Instagram and WhatsApp name messages.
    `callback` is what we gave WhatsApp along with the message: our attempt id.
    """

    status: str
    message_ids: tuple[str, ...] = ()
    watermark: datetime | None = None
    callback: str | None = None
    errors: tuple[dict[str, Any], ...] = ()
    pricing: dict[str, Any] | None = None


class UnknownEvent(Event, frozen=True, kw_only=True):
    """Something we have no word for yet. `reason` names the keys we saw, never their values."""

    reason: str
