"""Read one conversation, and its messages page by page."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.conversation import Conversation, Profile, Seen
from chalicelib.core.events import Referral
from chalicelib.core.messages import Author, Message, State, Status
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import InvalidInput, NotFound

CUSTOMERS = frozenset({Author.CUSTOMER, Author.CUSTOMER_VISIT})
_ARRIVED = frozenset({State.RECEIVED, State.SENT})


class ConversationView(Struct, frozen=True):
    """A conversation with what is kept beside its row."""

    conversation: Conversation
    profile: Profile | None
    referrals: dict[str, tuple[datetime, Referral]]


class MessagePage(Struct, frozen=True):
    """Messages, oldest first; `next_cursor` is opaque, None at the end."""

    items: tuple[Message, ...]
    next_cursor: str | None


def run(conversation_id: str, rt: Runtime) -> ConversationView:
    """The conversation. Raises NotFound."""
    return view(load(conversation_id, rt), rt)


def load(conversation_id: str, rt: Runtime) -> Conversation:
    """The row of the conversation. Raises NotFound."""
    conversation = rt.conversations.load(conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    return conversation


def view(conversation: Conversation, rt: Runtime) -> ConversationView:
    """The conversation with its profile and referrals."""
    conversation_id = conversation.conversation_id
    return ConversationView(
        conversation,
        rt.conversations.profile(conversation_id),
        rt.conversations.referrals(conversation_id),
    )


def messages(conversation_id: str, *, cursor: str | None, limit: int, rt: Runtime) -> MessagePage:
    """The messages that follow the cursor. Raises NotFound, InvalidInput."""
    after = _position(cursor) if cursor else None
    load(conversation_id, rt)
    history = rt.messages.history(conversation_id)
    rest = history if after is None else tuple(m for m in history if _key(m) > after)
    seen = rt.conversations.seen(conversation_id)
    page = tuple(_with_watermarks(message, seen) for message in rest[:limit])
    return MessagePage(page, _cursor(page[-1]) if len(rest) > limit else None)


def _with_watermarks(message: Message, seen: Seen) -> Message:
    """Messenger says until when all was delivered or read; the date is the latest it can be."""
    if message.author in CUSTOMERS or message.state not in _ARRIVED:
        return message
    known = {Status.DELIVERED: seen.delivered_until, Status.READ: seen.read_until}
    reached = {
        str(s): until for s, until in known.items() if until and message.occurred_at <= until
    }
    return replace(message, statuses=reached | message.statuses) if reached else message


def _key(message: Message) -> tuple[datetime, str]:
    return message.occurred_at, message.message_id


def _cursor(message: Message) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_key(message))).decode().rstrip("=")


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        raw = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        at, message_id = msgspec.json.decode(raw, type=tuple[datetime, str])
    except (msgspec.DecodeError, binascii.Error, UnicodeDecodeError) as error:
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    if at.tzinfo is None:
        raise InvalidInput("cursor", "the next_cursor of an earlier page")
    return at, message_id
