"""An event may tell two keys of one person: remember it, before anything is decided about them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Key, Link, Why, link
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import ContactChanged, Event
from chalicelib.core.ids import conversation_id, digest
from chalicelib.core.joined_rows import resting
from chalicelib.ports import Runtime
from chalicelib.usecases import erase_contact, join_contacts, move_conversation
from chalicelib.usecases.stored_message import time_of

_MARK_LENGTH = 6  # 36 bits of the two keys; then the second in which they were told, in hex


class Met(Struct, frozen=True):
    """The row that stands for the contact, and the mark to be saved with it, if it is news."""

    known: Conversation
    mark: str | None = None
    is_erased: bool = False  # the contact was erased after this had happened

    def noted(self, row: Conversation) -> Conversation:
        """The row that remembers which keys were told."""
        return replace(row, told=self.mark) if self.mark else row


def run(event: Event, channel: ChannelSettings, rt: Runtime) -> Met:
    """Who this is. The keys that the event tells are joined first, unless they were told before:
    then it costs nothing. The mark is saved afterwards, so that whoever dies on the way is
    repeated."""
    key = event.contact_id or ""
    known = move_conversation.load(channel, key, rt)
    if erase_contact.may_cover(event, known) and erase_contact.covers(event, channel, rt):
        return Met(known, is_erased=True)
    other = _other_key(event, key)
    if other is None:
        return Met(known)
    mark = _mark(key, other, time_of(event))
    if _is_known(mark, known.told):
        return Met(known)
    told = link(_key(channel, key), _key(channel, other), Why.SAME_MESSAGE, time_of(event))
    rt.conversations.link(told)
    if known.version == 0 and _is_unknown(other, known, channel, rt):
        return Met(known, mark)
    join_contacts.run(told.pair, channel, rt)
    return Met(move_conversation.load(channel, key, rt), mark)


def changed(event: ContactChanged, channel: ChannelSettings, rt: Runtime) -> None:
    """A customer has another number or user id: one history goes on."""
    now = _keys(channel, event.user_id, event.phone)
    before = _keys(channel, event.previous_user_id, event.previous_phone)
    if event.kind == "identity" or not now or not before:
        return
    why = Why.USER_ID_CHANGED if event.kind == "user_id" else Why.NUMBER_CHANGED
    for fact in _links(before, now, why, time_of(event)):
        rt.conversations.link(fact)
    join_contacts.run((*before, *now), channel, rt)


def _links(
    before: tuple[Key, ...], now: tuple[Key, ...], why: Why, at: datetime
) -> tuple[Link, ...]:
    """A key on both sides has stayed."""
    gone = [key for key in before if key not in now]
    new = [key for key in now if key not in before]
    together = [link(now[0], now[1], Why.SAME_MESSAGE, at)] if len(now) > 1 else []
    return (*together, *(link(old, key, why, at) for old in gone for key in new))


def _mark(key: str, other: str, at: datetime) -> str:
    return f"{digest('told', key, other)[:_MARK_LENGTH]}{int(at.timestamp()):08x}"


def _is_known(mark: str, told: str | None) -> bool:
    """The same keys were told before, and not later than now: the first time is what counts."""
    return told is not None and mark[:_MARK_LENGTH] == told[:_MARK_LENGTH] and mark >= told


def _is_unknown(phone: str, known: Conversation, channel: ChannelSettings, rt: Runtime) -> bool:
    """Nobody has been seen by this phone: from now on it leads to the row of the user id."""
    stub = resting(move_conversation.unwritten(channel, phone), known.contact_id)
    in_the_way = rt.conversations.save(stub)
    return in_the_way is None or in_the_way.merged_into == known.contact_id


def _other_key(event: Event, key: str) -> str | None:
    tell = PLATFORMS[event.platform].phone_beside
    other = tell(event.item, key) if tell else None
    return None if other == key else other


def _keys(channel: ChannelSettings, *known: str | None) -> tuple[Key, ...]:
    return tuple(_key(channel, each) for each in dict.fromkeys(known) if each)


def _key(channel: ChannelSettings, contact_id: str) -> Key:
    return Key(conversation_id(channel.platform, channel.channel_id, contact_id), contact_id)
