"""Bring the rows and waits of some keys in line with the links between them.

What the rows have to be follows from the links and the messages alone, so this may be repeated, may
stop anywhere, and may run twice at a time: whoever runs last has seen all links, and looks again
until there is nothing left to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import steps
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Contact, Key, contacts
from chalicelib.core.conversation import Conversation, Wait
from chalicelib.core.joined_rows import joined, resting, without_waits
from chalicelib.core.messages import Author, Message
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, move_conversation, own_facts, retelling
from chalicelib.usecases.move_conversation import ContendedError

_ROUNDS = 20

_Histories = Mapping[Key, tuple[Message, ...]]


class _Family(Struct, frozen=True):
    """All keys that links reach from some, as contacts. `is_one`: no link among them is void, so
    what any row holds belongs to the one contact."""

    contacts: tuple[Contact, ...]
    channel: ChannelSettings

    @property
    def is_one(self) -> bool:
        return len(self.contacts) == 1

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(key for contact in self.contacts for key in contact.keys)


def run(keys: Iterable[Key], channel: ChannelSettings, rt: Runtime) -> None:
    """One row stands for each contact, the rows of its other keys rest. Raises ContendedError."""
    known = tuple(keys)
    for _ in range(_ROUNDS):
        family = _Family(contacts(known, find_contact.family(known, rt)), channel)
        if not any([_is_changed(contact, family, rt) for contact in family.contacts]):
            return
    raise ContendedError(known[0].conversation_id)


def _is_changed(contact: Contact, family: _Family, rt: Runtime) -> bool:
    leads = _leads(contact, family, rt)
    rested = [_rests(key, contact.leader, family.channel, rt) for key in contact.keys[1:]]
    return any([leads, *rested])


def _rests(key: Key, leader: Key, channel: ChannelSettings, rt: Runtime) -> bool:
    """The row of this key points to the leader's; True if it did not."""
    row = _row(key, channel, rt)
    while row.merged_into != leader.contact_id:
        if _is_alone(row) and row.version:
            rt.conversations.save_own(row)
        in_the_way = rt.conversations.save(resting(row, leader.contact_id))
        if in_the_way is None:
            return True
        row = in_the_way
    return False


def _leads(contact: Contact, family: _Family, rt: Runtime) -> bool:
    """The leader's row knows what all keys brought, and so do the waits; True if it did not."""
    row = _row(contact.leader, family.channel, rt)
    while True:
        histories = _histories(contact, row, family, rt)
        told, after = _told(contact, row, histories, family, rt)
        is_as_told = after == row and row.version > 0
        in_the_way = None if is_as_told else _saved(row, after, rt)
        if in_the_way is None:
            break
        row = in_the_way
    if told:
        _settle_waits(contact, told, histories, family.channel, rt)
        retelling.reclassify(told.reclassified, after, rt)
    return not is_as_told


def _saved(row: Conversation, after: Conversation, rt: Runtime) -> Conversation | None:
    if after.is_joint and _is_alone(row) and row.version:
        rt.conversations.save_own(row)
    return rt.conversations.save(after)


def _histories(contact: Contact, row: Conversation, family: _Family, rt: Runtime) -> _Histories:
    """Read after the row was read: what comes later finds the row changed."""
    others = {
        key: rt.messages.history(key.conversation_id)
        for key in family.keys
        if key != contact.leader
    }
    if family.is_one and _is_alone(row) and not any(others.values()):
        return others
    return others | {contact.leader: rt.messages.history(contact.leader.conversation_id)}


def _told(
    contact: Contact, row: Conversation, histories: _Histories, family: _Family, rt: Runtime
) -> tuple[steps.Retold | None, Conversation]:
    """The leader's row as it has to be, and what the messages told of it, if that matters."""
    content = _content(contact, row, histories, family, rt)
    content = replace(content, told=row.told, version=row.version, merged_into=None, wrote_as=None)
    if contact.leader not in histories:
        # No other key has messages: of an answer the others know only what was thought before.
        return None, replace(content, is_joint=False, last_person_at=row.last_person_at)
    messages = _messages(contact, histories)
    told = steps.retell(
        without_waits(content),
        retelling.facts(messages, content),
        day_of=family.channel.local_day,
        native_automation=family.channel.native_automation,
    )
    is_joint = row.is_joint if family.is_one else False
    return told, replace(
        told.conversation,
        is_joint=is_joint or any(histories[key] for key in contact.keys[1:]),
        wrote_as=_writer(messages, contact.leader),
    )


def _content(
    contact: Contact, row: Conversation, histories: _Histories, family: _Family, rt: Runtime
) -> Conversation:
    others = [_row(key, family.channel, rt) for key in contact.keys[1:]]
    if family.is_one:
        return joined(row, others)
    if not others and _is_alone(row):
        return row
    alone = [_by_itself(each, histories, rt) for each in (row, *others)]
    return joined(alone[0], alone[1:])


def _by_itself(row: Conversation, histories: _Histories, rt: Runtime) -> Conversation:
    if _is_alone(row):
        return row
    kept = rt.conversations.own(row.conversation_id) or _empty(row)
    channel = rt.channels.load(row.channel_id)
    return own_facts.run(
        kept,
        histories.get(find_contact.key_of(row), ()),
        ad_days=channel.policy.ad_window_days if channel else 1,
    )


def _settle_waits(
    contact: Contact,
    told: steps.Retold,
    histories: _Histories,
    channel: ChannelSettings,
    rt: Runtime,
) -> None:
    """The closed waits that stand under any key of the contact are those told, under the leader."""
    days = {
        channel.local_day(row.occurred_at)
        for history in histories.values()
        for row in history
        if row.author is Author.CUSTOMER
    }
    stored = [
        wait
        for key in contact.keys
        for wait in rt.waits.of_conversation(channel.channel_id, key.conversation_id, days)
    ]
    wanted = {_place(wait) for wait in told.closed}
    for wait in stored:
        if _place(wait) not in wanted:
            rt.waits.remove(wait)
    for wait in told.closed:
        if wait not in stored:
            rt.waits.record(wait)


def _place(wait: Wait) -> tuple[object, ...]:
    return wait.conversation_id, wait.day, wait.opened_at


def _messages(contact: Contact, histories: _Histories) -> list[Message]:
    found = {row.message_id: row for key in sorted(contact.keys) for row in histories[key]}
    return sorted(found.values(), key=lambda row: (row.occurred_at, row.message_id))


def _writer(messages: Iterable[Message], leader: Key) -> str | None:
    wrote = [
        (row.occurred_at, row.conversation_id) for row in messages if row.author is Author.CUSTOMER
    ]
    latest = max(wrote, default=None)
    return latest[1] if latest and latest[1] != leader.conversation_id else None


def _is_alone(row: Conversation) -> bool:
    """It holds what its own key brought, and nothing else."""
    return row.merged_into is None and not row.is_joint


def _row(key: Key, channel: ChannelSettings, rt: Runtime) -> Conversation:
    row = rt.conversations.load(key.conversation_id, is_fresh=True)
    return row or move_conversation.unwritten(channel, key.contact_id)


def _empty(row: Conversation) -> Conversation:
    return Conversation(
        conversation_id=row.conversation_id,
        platform=row.platform,
        channel_id=row.channel_id,
        contact_id=row.contact_id,
    )
