"""Events: what a webhook delivery tells us, in our words, one frozen value per fact.

All times are aware UTC datetimes. Ids are strings exactly as the platform sent them.
An `Item` is the raw fact beside it: whatever we did not name stays there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct


class Item(Struct, frozen=True, gc=False, omit_defaults=True):
    """The smallest raw piece of a delivery that means something by itself; it is what the queue
    carries."""

    object: str
    section: str  # the list it stood in: messaging, standby, messages, statuses, changes, entry ...
    body: Any  # JSON; fresh from a delivery also a typed value that is written as the same JSON
    entry_id: str | None = None
    entry_time: int | float | str | None = None
    field: str | None = None  # of a change
    frame: dict[str, Any] | None = (
        None  # what it shares with its neighbours: metadata, contacts, errors
    )
    problem: str | None = None  # why it cannot be read, if it cannot


class Attachment(Struct, frozen=True, omit_defaults=True):
    """Something beside text. Media are kept by reference; `url` expires."""

    # the platform's word: image, video, audio, file, sticker, location, contacts, order,
    # story_mention ...
    kind: str
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


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """What every event says. `channel_id` is the Page id, Instagram account id or phone_number_id
    as received;
    `contact_id` the user key (PSID, IGSID, on WhatsApp the BSUID when there is one, else the
    phone)."""

    event_id: str
    platform: str
    channel_id: str | None
    contact_id: str | None
    occurred_at: datetime | None
    item: Item
    is_standby: bool = False


class MessageReceived(Event, frozen=True, kw_only=True):
    """A customer wrote. `text` is the body, the caption or the tapped title.

    In a group (`group_id`) the contact is who wrote; it opens no window to that person and is never
    answered.
    """

    message_id: str
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None  # of a quick reply or button
    reply_to: str | None = None
    referral: Referral | None = None
    contact_name: str | None = None
    is_unsupported: bool = False
    story: Attachment | None = None  # the story of ours that this answers
    group_id: str | None = None


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
    """`emoji` None means that the reaction was taken back; it is the platform's word where it sent
    no emoji.
    `message_id` is empty where the platform did not say to which message."""

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
    """A customer agreed to hear from us later. `kind`: one_time, recurring, plugin, marketing.

    `topic` is the payload of the request, the `ref` of a plugin, or the category of a preference.
    A contact of the checkbox plugin is named by its `user_ref`, which is no user id.
    """

    kind: str
    topic: str | None = None
    token: str | None = None
    title: str | None = None
    expires_at: datetime | None = None
    is_resumed: bool = False  # takes back an `OptedOut` of the same topic


class OptedOut(Event, frozen=True, kw_only=True):
    """A customer asked to hear no more. `kind` as in `OptedIn`."""

    kind: str
    topic: str | None = None
    token: str | None = None


class StatusChanged(Event, frozen=True, kw_only=True):
    """Our messages went up the scale sent, delivered, read, played; or failed.

    Messenger names a `watermark` (everything we sent until then), Instagram and WhatsApp name
    messages.
    `callback` is what we gave WhatsApp along with the message: our attempt id.
    `status` is the platform's word in lower case; there are others than the five (deleted ...), to
    be passed over.
    """

    status: str
    message_ids: tuple[str, ...] = ()
    watermark: datetime | None = None
    callback: str | None = None
    errors: tuple[dict[str, Any], ...] = ()
    pricing: dict[str, Any] | None = None


class ThreadControlChanged(Event, frozen=True, kw_only=True):
    """Another app got, took or asked for the conversation. `action`: passed, taken, requested.

    `app_id` is the new owner, of a request the app that asks; `previous_app_id` None is an idle
    thread or unknown.
    """

    action: str
    app_id: str | None = None
    previous_app_id: str | None = None
    metadata: str | None = None


class AppRolesChanged(Event, frozen=True, kw_only=True):
    """What apps are to the Page: app id -> roles (primary_receiver ...)."""

    roles: dict[str, tuple[str, ...]]


class PolicyEnforced(Event, frozen=True, kw_only=True):
    """Meta warned, blocked or unblocked the whole Page. `action`: warning, block, unblock."""

    action: str | None
    reason: str | None = None


class AccountLinkChanged(Event, frozen=True, kw_only=True):
    """A customer linked or unlinked an account of ours."""

    is_linked: bool
    authorization_code: str | None = None


class FeedbackGiven(Event, frozen=True, kw_only=True):
    """The answer to a customer-feedback template, screen by screen as the platform sent it."""

    screens: tuple[dict[str, Any], ...] = ()


class ReplyRated(Event, frozen=True, kw_only=True):
    """Thumbs under a reply of ours: `rating` is the platform's word."""

    message_id: str | None
    rating: str | None


class OrderPlaced(Event, frozen=True, kw_only=True):
    """A customer sent a cart on Messenger. (On WhatsApp an order is a message with an
    attachment.)"""

    products: tuple[dict[str, Any], ...] = ()
    note: str | None = None


class LeadSubmitted(Event, frozen=True, kw_only=True):
    """A customer filled in a form of an ad or in the thread; `is_complete` False: left half-way."""

    is_complete: bool
    answers: tuple[dict[str, Any], ...] = ()
    form_id: str | None = None
    referral: Referral | None = None


class CommentReceived(Event, frozen=True, kw_only=True):
    """Somebody commented in public; no window opens. `verb`: add, edited, remove ..."""

    comment_id: str
    verb: str = "add"
    text: str | None = None
    post_id: str | None = None  # of the post or medium
    parent_id: str | None = None
    author_name: str | None = None
    is_by_business: bool = False
    is_live: bool = False


class FeedChanged(Event, frozen=True, kw_only=True):
    """Something else than a comment happened on the Page: `item` (post, status, like, reaction ...)
    and `verb`."""

    item_kind: str | None
    verb: str | None
    post_id: str | None = None
    comment_id: str | None = None
    text: str | None = None
    reaction: str | None = None
    is_by_business: bool = False


class PageReviewed(Event, frozen=True, kw_only=True):
    """Somebody recommends the Page, or advises against it. `recommendation`: positive, negative."""

    verb: str | None
    recommendation: str | None
    text: str | None = None
    author_name: str | None = None
    review_id: str | None = None
    reviewer_id: str | None = None  # whether it is ever a user key is unconfirmed


class Mentioned(Event, frozen=True, kw_only=True):
    """Somebody mentioned the business in a comment or the caption of a medium."""

    post_id: str | None
    comment_id: str | None = None


class ContactLabelled(Event, frozen=True, kw_only=True):
    """A label was put on a contact in the Page inbox, or taken off. `action` is the platform's
    word."""

    action: str | None
    label_id: str | None
    label: str | None = None


class MarketingMessageReported(Event, frozen=True, kw_only=True):
    """What became of a marketing message. `kind`: echoes, deliveries, reads, clicks,
    delivery_failed ..."""

    kind: str
    message_id: str | None = None
    token: str | None = None
    tracking_id: str | None = None


class ContactChanged(Event, frozen=True, kw_only=True):
    """A WhatsApp customer got another number, user id or device. No message: nothing to show, no
    window.

    `kind`: number, user_id, identity. `contact_id` is the key as it is now, of `identity` as it
    stays.
    """

    kind: str
    user_id: str | None = None
    phone: str | None = None
    previous_user_id: str | None = None
    previous_phone: str | None = None


class ContactSynced(Event, frozen=True, kw_only=True):
    """An entry of the business's address book on the phone. `action`: add (also edits), remove."""

    action: str | None
    name: str | None = None


class HistoryReceived(Event, frozen=True, kw_only=True):
    """A message from before the number was connected. It opens nothing, counts nowhere and is never
    answered."""

    message_id: str
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    is_by_business: bool = False
    status: str | None = None


class CallReported(Event, frozen=True, kw_only=True):
    """A call began, rang, ended ...: `state` is the platform's word in lower case."""

    call_id: str | None
    state: str | None
    is_by_business: bool | None = None
    duration_seconds: int | None = None
    callback: str | None = None


class ConversionDetected(Event, frozen=True, kw_only=True):
    """Meta takes the conversation for a purchase or a lead. `amount` as the platform wrote it."""

    name: str | None
    click_id: str | None = None
    amount: str | None = None
    currency: str | None = None


class AccountChanged(Event, frozen=True, kw_only=True):
    """A notice about the account, a number or a template: `field` and, if it has one, its
    `change`: what happened, or the new quality or category. `detail` is the platform's word for
    how or why; `name` and `language` are a template's."""

    field: str
    change: str | None = None
    subject_id: str | None = None  # the template or number it is about
    detail: str | None = None
    name: str | None = None
    language: str | None = None


class PlatformErrorReported(Event, frozen=True, kw_only=True):
    """Errors that belong to no message."""

    errors: tuple[dict[str, Any], ...]


class OtherReported(Event, frozen=True, kw_only=True):
    """Known, but nothing the product acts on (games, payments, coupon clicks ...). `kind` is the
    platform's key."""

    kind: str


class UnknownEvent(Event, frozen=True, kw_only=True):
    """Something we have no word for yet. `reason` names the keys we saw, never their values."""

    reason: str
