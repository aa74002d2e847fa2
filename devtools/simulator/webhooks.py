"""Webhook bodies as Meta writes them: pure functions from facts to JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from devtools.simulator.state import Channel, Contact

OBJECTS = {
    "messenger": "page",
    "instagram": "instagram",
    "whatsapp": "whatsapp_business_account",
}
PAGE_INBOX_APP_ID = 26390203743090  # reference webhook-events/message-echoes (2026-03-18)

Body = dict[str, Any]


def from_customer(channel: Channel, contact: Contact, at: datetime, inner: Body) -> Body:
    """A Messenger or Instagram item that the customer caused."""
    ends = {"sender": {"id": contact.contact_id}, "recipient": {"id": channel.channel_id}}
    return _messaging(channel, at, {**ends, "timestamp": milliseconds(at), **inner})


def echo(
    channel: Channel, contact: Contact, at: datetime, message: Body, app_id: int | None
) -> Body:
    """What the business wrote; without `app_id` as Instagram's own inbox does it."""
    ends = {"sender": {"id": channel.channel_id}, "recipient": {"id": contact.contact_id}}
    facts = {"is_echo": True} if app_id is None else {"is_echo": True, "app_id": app_id}
    item = {**ends, "timestamp": milliseconds(at), "message": {**message, **facts}}
    return _messaging(channel, at, item)


def delivered(channel: Channel, contact: Contact, at: datetime, mid: str) -> Body:
    inner = {"delivery": {"mids": [mid], "watermark": milliseconds(at)}}
    return from_customer(channel, contact, at, inner)


def read(channel: Channel, contact: Contact, at: datetime, mid: str) -> Body:
    """Messenger reports a watermark, Instagram the message."""
    inner = {"mid": mid} if channel.platform == "instagram" else {"watermark": milliseconds(at)}
    return from_customer(channel, contact, at, {"read": inner})


def comment(channel: Channel, contact: Contact, at: datetime, facts: Body) -> Body:
    """What a customer wrote under a post: `comment_id`, `post_id` and `text`."""
    name = {"name" if channel.platform == "messenger" else "username": contact.name or "Ana"}
    who = {"id": contact.contact_id, **name}
    if channel.platform == "messenger":
        # The classic shape, unconfirmed for today.
        value = {"item": "comment", "verb": "add", "from": who, "message": facts["text"]}
        value |= {"comment_id": facts["comment_id"], "post_id": facts["post_id"]}
        value["created_time"] = int(at.timestamp())
        change = {"field": "feed", "value": value}
    else:
        media = {"id": facts["post_id"], "media_product_type": "FEED"}
        value = {"id": facts["comment_id"], "from": who, "text": facts["text"], "media": media}
        change = {"field": "comments", "value": value}
    entry = {"id": channel.channel_id, "time": milliseconds(at), "changes": [change]}
    return {"object": OBJECTS[channel.platform], "entry": [entry]}


def review(channel: Channel, contact: Contact, at: datetime, facts: Body) -> Body:
    """What a customer says of the Page: `review_id`, `recommendation` and `text`. The classic
    shape, unconfirmed for today."""
    value: Body = {"item": "rating", "verb": "add", "reviewer_id": contact.contact_id}
    value |= {"reviewer_name": contact.name or "Ana", "review_text": facts["text"]}
    value |= {"open_graph_story_id": facts["review_id"], "created_time": int(at.timestamp())}
    value["recommendation_type"] = facts["recommendation"].upper()
    change = {"field": "ratings", "value": value}
    entry = {"id": channel.channel_id, "time": milliseconds(at), "changes": [change]}
    return {"object": OBJECTS[channel.platform], "entry": [entry]}


def in_standby(body: Body) -> Body:
    """The same as it is told to an app that has not got the thread (webhook-events/standby)."""
    told = [
        {("standby" if name == "messaging" else name): value for name, value in entry.items()}
        for entry in body["entry"]
    ]
    return {**body, "entry": told}


def whatsapp_message(channel: Channel, contact: Contact, at: datetime, message: Body) -> Body:
    profile = {"profile": {"name": contact.name}} if contact.name else {}
    ids = {"wa_id": _phone(contact), "user_id": contact.user_id}
    sender = {"from": _phone(contact), "from_user_id": contact.user_id}
    item = {**_present(sender), "timestamp": seconds(at), **message}
    value = {"contacts": [{**profile, **_present(ids)}], "messages": [item]}
    return _change(channel, at, "messages", value)


def whatsapp_echo(channel: Channel, contact: Contact, at: datetime, message: Body) -> Body:
    """What a person wrote in the WhatsApp Business app on the phone."""
    ends = {"from": channel.display_phone_number, "to": _phone(contact)}
    item = {**_present(ends), "timestamp": seconds(at), **message}
    return _change(channel, at, "smb_message_echoes", {"message_echoes": [item]})


def whatsapp_preference(channel: Channel, contact: Contact, at: datetime, value: str) -> Body:
    """Marketing messages are stopped or resumed (since 2024-11-18)."""
    who = {"wa_id": _phone(contact), "user_id": _user_id(contact)}
    item = {**_present(who), "detail": "", "category": "marketing_messages", "value": value}
    item["timestamp"] = int(at.timestamp())
    return _change(channel, at, "user_preferences", {"user_preferences": [item]})


def whatsapp_status(channel: Channel, contact: Contact, at: datetime, status: Body) -> Body:
    to = {"recipient_id": _phone(contact), "recipient_user_id": _user_id(contact)}
    item = {"timestamp": seconds(at), **_present(to), **status}
    return _change(channel, at, "messages", {"statuses": [item]})


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def _messaging(channel: Channel, at: datetime, item: Body) -> Body:
    entry = {"id": channel.channel_id, "time": milliseconds(at), "messaging": [item]}
    return {"object": OBJECTS[channel.platform], "entry": [entry]}


def _change(channel: Channel, at: datetime, field: str, value: Body) -> Body:
    metadata = {
        "display_phone_number": channel.display_phone_number,
        "phone_number_id": channel.channel_id,
    }
    whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    entry = {
        "id": channel.business_id or f"9{channel.channel_id}",
        "time": int(at.timestamp()),
        "changes": [{"field": field, "value": whole}],
    }
    return {"object": OBJECTS["whatsapp"], "entry": [entry]}


def _phone(contact: Contact) -> str | None:
    return contact.phone or (contact.contact_id if contact.contact_id.isdigit() else None)


def _user_id(contact: Contact) -> str | None:
    """A contact is named by its phone or, if there is none, by its user id."""
    return contact.user_id or (None if _phone(contact) else contact.contact_id)


def _present(facts: Body) -> Body:
    return {name: value for name, value in facts.items() if value is not None}
