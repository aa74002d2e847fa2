"""The short way: deliveries that hold nothing but plain texts of customers, as most do.

A strict decoder makes the checks here, several times faster than we can. What has a key more or
less, or a value of another kind, is left to the long way through `decode` and `parse`; the events
are the same by either way.

Keys: Messenger Platform, webhook events "messages" (2026-06-01; `seq` and `nlp` in older
deliveries); Instagram messaging webhooks (2026-09-11); WhatsApp, webhooks, text messages (2025-12),
changelog to 2026-06-26.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, DecodeError, Meta, Struct, UnsetType, field
from msgspec.json import Decoder

from chalicelib.core.events import Event, Item, MessageReceived
from chalicelib.platforms._json import may_need_cleaning
from chalicelib.platforms._values import MILLISECONDS_FROM, YEAR_10000

_Text = Annotated[str, Meta(min_length=1)]
_Milliseconds = Annotated[int, Meta(ge=MILLISECONDS_FROM, lt=YEAR_10000)]
_Seconds = Annotated[str, Meta(min_length=10, max_length=10)]
_AtLeastOne = Meta(min_length=1)
_ExactlyOne = Meta(min_length=1, max_length=1)
_WHATSAPP, _FIELD = "whatsapp_business_account", "messages"
_at = datetime.fromtimestamp


class _Exact(Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """An object with these keys and no others; those that may be UNSET may be absent."""


class _Party(_Exact, frozen=True, kw_only=True):
    id: _Text


class _Message(_Exact, frozen=True, kw_only=True):
    mid: _Text
    text: _Text
    seq: int | UnsetType = UNSET
    nlp: dict[str, Any] | UnsetType = UNSET


class _Messaging(_Exact, frozen=True, kw_only=True):
    sender: _Party
    recipient: _Party
    timestamp: _Milliseconds
    message: _Message


class _Entry(_Exact, frozen=True, kw_only=True):
    id: _Text
    time: int | None = None
    messaging: Annotated[list[_Messaging], _AtLeastOne]


class _Page(_Exact, frozen=True, kw_only=True, tag_field="object", tag="page"):
    platform: ClassVar[str] = "messenger"
    object: ClassVar[str] = "page"
    entry: list[_Entry]


class _Instagram(_Exact, frozen=True, kw_only=True, tag_field="object", tag="instagram"):
    platform: ClassVar[str] = "instagram"
    object: ClassVar[str] = "instagram"
    entry: list[_Entry]


class _Body(_Exact, frozen=True, kw_only=True):
    body: _Text


class _WhatsAppMessage(_Exact, frozen=True, kw_only=True):
    phone: _Text | UnsetType = field(name="from", default=UNSET)
    from_user_id: _Text | UnsetType = UNSET
    from_parent_user_id: _Text | UnsetType = UNSET
    id: _Text
    timestamp: _Seconds
    type: Literal["text"]
    text: _Body


class _Profile(_Exact, frozen=True, kw_only=True):
    name: _Text
    username: _Text | UnsetType = UNSET


class _Contact(_Exact, frozen=True, kw_only=True):
    profile: _Profile
    wa_id: _Text | UnsetType = UNSET
    user_id: _Text | UnsetType = UNSET
    parent_user_id: _Text | UnsetType = UNSET


class _Number(_Exact, frozen=True, kw_only=True):
    display_phone_number: str
    phone_number_id: _Text


class _Value(_Exact, frozen=True, kw_only=True):
    messaging_product: Literal["whatsapp"]
    metadata: _Number
    contacts: Annotated[list[_Contact], _ExactlyOne]
    messages: Annotated[list[_WhatsAppMessage], _AtLeastOne]


class _Change(_Exact, frozen=True, kw_only=True):
    field: Literal["messages"]
    value: _Value


class _Account(_Exact, frozen=True, kw_only=True):
    id: _Text
    time: int | None = None
    changes: Annotated[list[_Change], _AtLeastOne]


class _WhatsApp(_Exact, frozen=True, kw_only=True, tag_field="object", tag=_WHATSAPP):
    entry: list[_Account]


_decode = Decoder(_Page | _Instagram | _WhatsApp).decode


def plain_texts(raw: bytes) -> list[Event]:
    """The events of a delivery of plain texts; none if it is anything else.

    Their items hold typed values which are written as the JSON that came.
    """
    # Searched from the end, where it stands, and several times faster than a decode fails.
    if raw.rfind(b'"text"') < 0:
        return []
    try:
        delivery = _decode(raw)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if may_need_cleaning(raw):
        return []
    return _whatsapp(delivery) if type(delivery) is _WhatsApp else _messaging(delivery)


def _messaging(delivery: _Page | _Instagram) -> list[Event]:
    kind, platform = delivery.object, delivery.platform
    events: list[Event] = []
    for entry in delivery.entry:
        for body in entry.messaging:
            contact_id, channel_id, message = body.sender.id, body.recipient.id, body.message
            if contact_id == entry.id:
                return []  # the business itself wrote
            mid = message.mid
            event = MessageReceived(
                event_id=f"{platform}:{channel_id}:{mid}",
                platform=platform,
                channel_id=channel_id,
                contact_id=contact_id,
                occurred_at=_at(body.timestamp / 1000, UTC),
                item=Item(kind, "messaging", body, entry.id, entry.time),
                message_id=mid,
                text=message.text,
            )
            events.append(event)
    return events


def _whatsapp(delivery: _WhatsApp) -> list[Event]:
    events: list[Event] = []
    for account in delivery.entry:
        for change in account.changes:
            value = change.value
            frame = {"metadata": value.metadata, "contacts": value.contacts}
            for body in value.messages:
                contact_id = body.from_user_id or _named_by_contact(body, value.contacts[0])
                if contact_id is None or not body.timestamp.isdecimal():
                    return []
                item = Item(_WHATSAPP, "messages", body, account.id, account.time, _FIELD, frame)
                events.append(_received_on_whatsapp(value, contact_id, body, item))
    return events


def _named_by_contact(body: _WhatsAppMessage, contact: _Contact) -> str | None:
    """The key of a customer without a user id in the message, where it is beyond doubt."""
    if body.phone and body.phone == contact.wa_id:
        return contact.user_id or body.phone
    return None


def _received_on_whatsapp(
    value: _Value, contact_id: str, body: _WhatsAppMessage, item: Item
) -> Event:
    channel_id, wamid = value.metadata.phone_number_id, body.id
    return MessageReceived(
        event_id=f"whatsapp:{channel_id}:{wamid}",
        platform="whatsapp",
        channel_id=channel_id,
        contact_id=contact_id,
        occurred_at=_at(int(body.timestamp), UTC),
        item=item,
        message_id=wamid,
        text=body.text.body,
        contact_name=value.contacts[0].profile.name,
    )
