"""How conversations and messages look in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core.conversation import Conversation, Profile
from chalicelib.core.events import Attachment, Referral
from chalicelib.core.messages import Message, MessageKind, State, state_now
from chalicelib.usecases.read_conversation import CUSTOMERS, ConversationView

Json = dict[str, Any]


def conversation_json(view: ConversationView, now: datetime) -> Json:
    """A conversation as the API shows it."""
    row = view.conversation
    return {
        "id": row.conversation_id,
        "channel_id": row.channel_id,
        "platform": row.platform,
        "contact": {"id": row.contact_id, "name": _name(view.profile)},
        "first_contact_at": row.first_contact_at,
        "window": _window(row, now),
        "waiting_since": row.wait_opened_at,
        "last_customer_message_at": row.last_customer_at,
        "last_human_reply_at": row.last_person_at,
        "last_automated_reply_at": row.last_automated_at,
        "referral": {which: _referral(view, which) for which in ("first", "latest")},
    }


def message_json(message: Message, now: datetime) -> Json:
    """A message as the API shows it; an unsent one without its content."""
    return {
        "id": message.message_id,
        "platform_message_id": _platform_message_id(message),
        "direction": "in" if message.author in CUSTOMERS else "out",
        "kind": message.kind,
        "author": message.author,
        "author_name": message.author_name,
        **_content(message),
        "reply_to": message.reply_to,
        "state": state_now(message, now),
        "reason": message.failure,
        "statuses": message.statuses,
        "reactions": {"customer": message.customer_reaction, "business": message.business_reaction},
        "at": message.occurred_at,
        "due_at": message.due_at,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "automation": message.automation,
        "basis": message.basis,
    }


def _name(profile: Profile | None) -> str | None:
    return (profile.name or profile.first_name) if profile else None


def _window(row: Conversation, now: datetime) -> Json:
    return {
        "open": row.window_ends_at is not None and now < row.window_ends_at,
        "opened_by": row.window_opened_by,
        "opened_at": row.window_opened_at,
        "ends_at": row.window_ends_at,
    }


def _referral(view: ConversationView, which: str) -> Json | None:
    if which not in view.referrals:
        return None
    at, referral = view.referrals[which]
    return {"at": at, **_referral_facts(referral)}


def _referral_facts(referral: Referral) -> Json:
    return {
        "source": referral.source,
        "ref": referral.ref,
        "ad_id": referral.ad_id,
        "click_id": referral.click_id,
        "facts": referral.facts,
    }


def _content(message: Message) -> Json:
    if message.deleted_at is not None:
        return {"text": None, "attachments": []}
    return {"text": message.text, "attachments": [_attachment(a) for a in message.attachments]}


def _attachment(attachment: Attachment) -> Json:
    return {
        "kind": attachment.kind,
        "url": attachment.url,
        "media_id": attachment.media_id,
        "title": attachment.title,
        "facts": attachment.facts,
    }


def _platform_message_id(message: Message) -> str | None:
    """What others sent is kept under the platform's id; ours gets one from the platform."""
    if message.kind is MessageKind.REFERRAL:
        return None
    if message.state is State.RECEIVED:
        return message.platform_message_id or message.message_id
    return message.platform_message_id
