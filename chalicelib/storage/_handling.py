"""Who handles a conversation: an item beside its row, in the index of those who wait while it needs
a person.

The index has a partition of its own for these. Its sort key is the moment and the conversation: it
is written twice, when a person is called and when one has come.
"""

from __future__ import annotations

from itertools import islice
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta
from msgspec.structs import replace
from pynamodb.exceptions import PutError

from chalicelib.core.conversation import Conversation
from chalicelib.core.handling import Handling
from chalicelib.ports import ConversationPage
from chalicelib.storage import _beside, _conversation_rows, _cursor, _keys
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import BesideItem, ConversationItem
from chalicelib.storage._owner import new_owner
from chalicelib.storage._times import dated

HANDLING = "handling"

_Position: TypeAlias = Annotated[str, Meta(max_length=_cursor.LONGEST_KEY)]


def load(item: type[BesideItem], conversation_id: str) -> Handling:
    row = _beside.load(item, conversation_id, HANDLING)
    return _read(row) if row else Handling()


def save(item: type[BesideItem], conversation: Conversation, handling: Handling) -> Handling | None:
    """None when stored, else what was in the way."""
    row = _written(item, conversation, handling)
    known = BesideItem.version == handling.version
    try:
        row.save(known if handling.version else BesideItem.version.does_not_exist())
    except PutError as error:
        stored = refused_by(error, item)
    else:
        return None
    if stored is None:
        return Handling()
    return None if stored.written_by == row.written_by else _read(stored)


def page(
    item: type[ConversationItem], channel_id: str, *, cursor: str | None, limit: int
) -> ConversationPage:
    """Conversations that need a person, the longest first."""
    after = _cursor.unpack(cursor, _Position) if cursor else ""
    entries = item.waiting.query(
        _keys.needing_person(channel_id), ConversationItem.waiting_hour > (after or " ")
    )
    named = list(islice(entries, limit + 1))
    rows = _conversation_rows.load_leading(item, (entry.conversation_id for entry in named))
    found = [rows.get(entry.conversation_id) for entry in named[:limit]]
    following = _cursor.pack(named[limit - 1].waiting_hour) if len(named) > limit else None
    return ConversationPage(tuple(row for row in found if row), following)


def _written(item: type[BesideItem], conversation: Conversation, handling: Handling) -> BesideItem:
    since = handling.needs_person_since
    return item(
        conversation.conversation_id,
        HANDLING,
        document=handling,
        version=handling.version + 1,
        written_by=new_owner(),
        waiting_channel=_keys.needing_person(conversation.channel_id) if since else None,
        waiting_hour=dated(since, f"#{conversation.conversation_id}") if since else None,
    )


def _read(row: BesideItem) -> Handling:
    handling = msgspec.convert(row.document, Handling)
    return replace(handling, version=int(row.version))
