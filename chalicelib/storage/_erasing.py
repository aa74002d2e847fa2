"""What is removed of an erased contact. Of its messages stays that they were there, when, and what
became of them, with the hashes of the ledger; of a stop stays that it was said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.core import decisions
from chalicelib.core.contacts import Erased
from chalicelib.core.messages import State
from chalicelib.storage import _beside, _keys, _message_rows
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import BesideItem, MessageItem, OptInItem
from chalicelib.storage._times import dated

MARK = "erased"
REASON = "contact_erased"  # of what was planned
_RAW = _keys.raw_key("")
_STOP = "stop#"
_SAID = (*_message_rows.CONTENT, "edit", "customer_reaction", "business_reaction")
_NOT_PLANNED: dict[str, Any] = {
    "state": str(State.FAILED),
    "failure": REASON,
    "due_at": None,
    "due_shard": None,
    "due_key": None,
}


def forget_conversation(item: type[BesideItem], conversation_id: str, mark: Erased) -> None:
    """The mark first: whoever dies on the way is repeated, and nothing comes back."""
    item(conversation_id, MARK, dated=dated(mark.at), document=mark).save()
    for row in item.query(conversation_id, consistent_read=True):
        if row.item != MARK:
            row.delete()


def erased(item: type[BesideItem], conversation_id: str) -> BesideItem | None:
    return _beside.load(item, conversation_id, MARK)


def forget_messages(item: type[MessageItem], conversation_id: str, at: datetime) -> Iterator[None]:
    """Goes on as far as it is taken; what is done already costs nothing but the reading."""
    for row in item.query(conversation_id, consistent_read=True):
        if _holds_something(row):
            _forget(row, item, at)
            yield


def forget_opt_ins(item: type[OptInItem], conversation_id: str) -> None:
    for row in item.query(conversation_id, consistent_read=True):
        if not row.opt_in_id.startswith(_STOP):
            row.delete()


def _holds_something(row: MessageItem) -> bool:
    return (
        any(getattr(row, name) is not None for name in _SAID)
        or row.message_id.startswith(_RAW)
        or row.state == State.PLANNED
        or bool(row.day_key and row.deleted_at is None)
        or bool(_inputs(row))
    )


def _forget(row: MessageItem, item: type[MessageItem], at: datetime) -> None:
    """Each write by itself may be repeated; of an entry and its erased form the hash is one."""
    if row.message_id.startswith(_RAW):
        row.delete()
        return
    inputs, is_planned = _inputs(row), row.state == State.PLANNED
    gone = MessageItem.deleted_at.set(MessageItem.deleted_at | at)
    kept = _message_rows.added(*map(decisions.erased, inputs))
    row.update([*_message_rows.setting(dict.fromkeys(_SAID)), gone, *kept])
    if inputs:
        row.update([MessageItem.ledger.delete(inputs)])
    if is_planned:
        _unplan(row, item)


def _unplan(row: MessageItem, item: type[MessageItem]) -> None:
    actions: list[Action] = _message_rows.setting(_NOT_PLANNED)
    try:
        row.update(actions, MessageItem.state == State.PLANNED)
    except UpdateError as error:
        refused_by(error, item)  # it is being sent at this moment


def _inputs(row: MessageItem) -> set[str]:
    """The entries that an erasure changes."""
    return {entry for entry in row.ledger or () if decisions.erased(entry) != entry}
