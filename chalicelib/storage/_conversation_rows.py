"""Conversation rows: a Conversation as an item and back, one at a time or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import fields

from chalicelib.core import ids
from chalicelib.core.conversation import Conversation
from chalicelib.storage import _keys
from chalicelib.storage._models import ConversationItem
from chalicelib.storage.tables import CONVERSATION_NAMES

ROW = "row"
_FIELDS = tuple(field.name for field in fields(Conversation) if field.name != "conversation_id")
_HOPS = 3  # more than one only while contacts are being joined
_LISTS = ("recent_sends", "automated_at")


def write(item: type[ConversationItem], conversation: Conversation) -> ConversationItem:
    """The item to save: in the index of those who wait while a wait is open."""
    values: dict[str, Any] = {name: getattr(conversation, name) for name in _FIELDS}
    values |= {name: values[name] or None for name in (*_LISTS, "is_joint")}
    opened_at = conversation.wait_opened_at
    if opened_at:
        values |= {
            "waiting_channel": conversation.channel_id,
            "waiting_hour": _keys.hour(opened_at),
        }
    return item(conversation.conversation_id, ROW, **values)


def read(row: ConversationItem) -> Conversation:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {name: values[name] or () for name in _LISTS} | {"is_joint": bool(row.is_joint)}
    return Conversation(
        conversation_id=row.conversation_id, **(values | {"version": int(row.version)})
    )


def load_parts(
    item: type[ConversationItem], conversation_ids: Iterable[str], *names: str
) -> Iterator[ConversationItem]:
    """Items of which only the key and these fields were read: a busy day has many."""
    keys = {(conversation_id, ROW) for conversation_id in conversation_ids}
    wanted = ["conversation_id", *(CONVERSATION_NAMES.get(name, name) for name in names)]
    return item.batch_get(keys, attributes_to_get=wanted) if keys else iter(())


def load_many(
    item: type[ConversationItem], conversation_ids: Iterable[str]
) -> dict[str, Conversation]:
    """The rows of these conversations, as far as there are any."""
    keys = {(conversation_id, ROW) for conversation_id in conversation_ids}
    rows = item.batch_get(list(keys)) if keys else ()
    return {row.conversation_id: read(row) for row in rows}


def load_leading(
    item: type[ConversationItem], conversation_ids: Iterable[str]
) -> dict[str, Conversation]:
    """For each of these the row that stands for its contact, as far as there is one."""
    found = load_many(item, conversation_ids)
    for _ in range(_HOPS):
        leaders = {key: _leader_of(row) for key, row in found.items() if row.merged_into}
        if not leaders:
            break
        rows = load_many(item, leaders.values())
        found |= {key: rows[leader] for key, leader in leaders.items() if leader in rows}
    return {key: row for key, row in found.items() if row.merged_into is None}


def _leader_of(row: Conversation) -> str:
    return ids.conversation_id(row.platform, row.channel_id, row.merged_into or "")
