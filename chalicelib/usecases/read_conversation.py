"""Read one conversation, and its messages page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Contact
from chalicelib.core.conversation import Conversation, Profile, Seen
from chalicelib.core.events import Referral
from chalicelib.core.handling import Handling
from chalicelib.core.messages import Author, Message, State, Status
from chalicelib.ports import Runtime
from chalicelib.usecases import change_handling, find_contact, move_conversation, settle_send
from chalicelib.usecases.errors import InvalidInput, NotFound

CUSTOMERS = frozenset({Author.CUSTOMER, Author.CUSTOMER_VISIT})
_ARRIVED = frozenset({State.RECEIVED, State.SENT})


class ConversationView(Struct, frozen=True):
    """A conversation with what is kept beside its row, and its contact where it was looked up."""

    conversation: Conversation
    profile: Profile | None
    referrals: dict[str, tuple[datetime, Referral]]
    handling: Handling
    contact: Contact | None = None


class MessagePage(Struct, frozen=True):
    """Messages, oldest first; `next_cursor` is opaque, None at the end."""

    items: tuple[Message, ...]
    next_cursor: str | None


def run(conversation_id: str, rt: Runtime) -> ConversationView:
    """The conversation of this id, or the one into which it was merged. Raises NotFound."""
    conversation = move_conversation.leading(load(conversation_id, rt), rt)
    return replace(view(conversation, rt), contact=find_contact.run(conversation, rt))


def load(conversation_id: str, rt: Runtime) -> Conversation:
    """The row of the conversation itself, also if it was merged. Raises NotFound."""
    conversation = rt.conversations.load(conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    return conversation


def with_channel(conversation_id: str, rt: Runtime) -> tuple[Conversation, ChannelSettings]:
    """The same with the settings of its channel. Raises NotFound if either is missing."""
    conversation = load(conversation_id, rt)
    channel = rt.channels.load(conversation.channel_id)
    if channel is None:
        raise NotFound("conversation")
    return conversation, channel


def view(conversation: Conversation, rt: Runtime) -> ConversationView:
    """The conversation with its profile and referrals, whichever key of the contact brought
    them."""
    ids = find_contact.members(conversation, rt)
    profiles = (rt.conversations.profile(each) for each in ids)
    profile = next(filter(None, profiles), None)
    handling = change_handling.load(conversation, rt)
    return ConversationView(conversation, profile, _referrals(ids, rt), handling)


def handled(conversation_id: str, rt: Runtime) -> tuple[Conversation, Handling]:
    """The conversation, or the one into which it was merged, and who handles it. Raises
    NotFound."""
    conversation = move_conversation.leading(load(conversation_id, rt), rt)
    return conversation, change_handling.load(conversation, rt)


def messages(conversation_id: str, *, cursor: str | None, limit: int, rt: Runtime) -> MessagePage:
    """The messages that follow the cursor, of all keys of the contact. Raises NotFound,
    InvalidInput."""
    after = _position(cursor) if cursor else None
    conversation = move_conversation.leading(load(conversation_id, rt), rt)
    history = find_contact.history(conversation, rt)
    rest = history if after is None else tuple(m for m in history if _key(m) > after)
    page = rest[:limit]
    seen = {each: rt.conversations.seen(each) for each in {row.conversation_id for row in page}}
    shown = tuple(_with_watermarks(_noticed(m, rt), seen[m.conversation_id]) for m in page)
    return MessagePage(shown, _cursor(shown[-1]) if len(rest) > limit else None)


def _referrals(ids: Iterable[str], rt: Runtime) -> dict[str, tuple[datetime, Referral]]:
    known = [rt.conversations.referrals(each) for each in ids]
    found = {}
    for which, best in (("first", min), ("latest", max)):
        dated = [referrals[which] for referrals in known if which in referrals]
        if dated:
            found[which] = best(dated, key=_date)
    return found


def _date(dated: tuple[datetime, Referral]) -> datetime:
    return dated[0]


def _noticed(message: Message, rt: Runtime) -> Message:
    """A reader may be the first to see that a send's worker died: then it gets into its list."""
    channel = rt.channels.load(message.channel_id) if message.state is State.CLAIMED else None
    return settle_send.if_abandoned(message, channel, rt) if channel else message


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
