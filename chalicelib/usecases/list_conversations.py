"""List a channel's conversations: who waits longest, who needs a person, what happened last."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel, read_conversation
from chalicelib.usecases.errors import InvalidInput
from chalicelib.usecases.read_conversation import ConversationView


class Order(StrEnum):
    WAITING = "waiting"
    NEWEST = "newest"
    NEEDS_PERSON = "needs_person"
    CLOSING_SOON = "closing_soon"  # usecases/closing_soon.py


class ConversationViews(Struct, frozen=True):
    """A page of conversations in the order asked for; `next_cursor` is opaque, None at the end."""

    items: tuple[ConversationView, ...]
    next_cursor: str | None


def run(
    channel_id: str, order: Order, *, cursor: str | None, limit: int, rt: Runtime
) -> ConversationViews:
    """A page of the channel's conversations. Raises NotFound, InvalidInput."""
    read_channel.run(channel_id, rt)
    listing = {
        Order.WAITING: rt.conversations.waiting,
        Order.NEWEST: rt.conversations.newest,
        Order.NEEDS_PERSON: rt.conversations.needing_person,
    }[order]
    try:
        page = listing(channel_id, cursor=cursor, limit=limit)
    except ValueError as error:
        if cursor is None:
            raise
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    return ConversationViews(
        tuple(read_conversation.view(c, rt) for c in page.items), page.next_cursor
    )
