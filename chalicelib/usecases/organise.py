"""Whom a conversation is for, and how it is tagged: the business's own order, customers see none of
it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chalicelib.core.handling import Handling
from chalicelib.ports import Runtime
from chalicelib.usecases import change_handling, move_conversation, read_conversation


def assign(conversation_id: str, to: str | None, rt: Runtime) -> Handling:
    """For this person or team from now on; None: for nobody. Raises NotFound."""
    return _changed(conversation_id, rt, assigned_to=to)


def tag(conversation_id: str, tags: Sequence[str], rt: Runtime) -> Handling:
    """These tags and no others, each once. Raises NotFound."""
    return _changed(conversation_id, rt, tags=tuple(dict.fromkeys(tags)))


def _changed(conversation_id: str, rt: Runtime, **facts: object) -> Handling:
    row = move_conversation.leading(read_conversation.load(conversation_id, rt), rt)
    return change_handling.run(row, lambda each: replace(each, **facts), rt)
