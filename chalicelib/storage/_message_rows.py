"""Messages as rows: what a write sets, and how rows are read and merged.

Everything that may come in any order is a dated value: of edits and reactions the latest stays,
of deletions and statuses the earliest. The same merge joins a row of ours with what came under the
platform's id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.expressions.update import Action

from chalicelib.core.events import Attachment
from chalicelib.core.messages import Message, MessageKind, State, Status
from chalicelib.storage import _keys
from chalicelib.storage._models import MessageItem
from chalicelib.storage._raw import compress, decompress
from chalicelib.storage._times import dated, micros, undated
from chalicelib.storage.tables import RETENTION

CONTENT = ("text", "attachments", "payload", "raw", "request")
_FACTS = (
    "reply_to",
    "platform_message_id",
    "author_name",
    "automation",
    "is_standby",
    "failure",
    "basis",
    "lease_until",
    "deadline",
    "tries",
    "resend_of",
)
_NOTHING_TOLD = (
    "~"  # after all JSON: of two statuses of the same moment, the one that tells more stays
)
_STATUSES = {status: f"status_{status}" for status in Status}
# WhatsApp tells the same price with each status. JSON has no such characters by itself; rows refer
# to them: never change one, add another.
_OFTEN_TOLD = {
    "\x01": '[null,{"pricing":{"billable":',
    "\x02": ',"pricing_model":"PMP","category":"',
    "\x03": '"type":"',
    "\x04": "free_customer_service",
    "\x05": "free_entry_point",
    "\x06": "regular",
    "\x07": "marketing",
    "\x0e": "utility",
    "\x0f": "service",
}


def facts(message: Message, *, owner: str) -> list[Action]:
    """What a message sets but its content and the indexes it is in."""
    values = {name: getattr(message, name) or None for name in _FACTS}
    values |= {
        "owner": owner,
        "kind": None if message.kind is MessageKind.TEXT else str(message.kind),
        "day_key": _keys.day_key(message.occurred_at, message.author),
        "expires_at": expiry(message.occurred_at),
    }
    return setting(values)


def content(message: Message) -> list[Action]:
    """What a message says: what goes when it is unsent."""
    attachments = msgspec.json.encode(message.attachments).decode() if message.attachments else None
    said = (message.text, attachments, message.payload, *_identities(message))
    return setting(
        {
            "text": message.text,
            "attachments": attachments,
            "payload": message.payload,
            "raw": compress(message.raw, said) if message.raw is not None else None,
            "request": message.request,
        }
    )


def added(*entries: str | None) -> list[Action]:
    """Adds these to the ledger; what is in it already stays as it is."""
    new = {entry for entry in entries if entry}
    return [MessageItem.ledger.add(new)] if new else []


def without_content() -> list[Action]:
    return setting(dict.fromkeys((*CONTENT, "edit")))


def setting(values: dict[str, Any]) -> list[Action]:
    """Sets these attributes; None takes one away."""
    attributes = [(getattr(MessageItem, name), value) for name, value in values.items()]
    return [each.remove() if value is None else each.set(value) for each, value in attributes]


def expiry(at: datetime) -> int:
    """Seconds since 1970, as DynamoDB wants them."""
    return micros(at + RETENTION) // 1_000_000


def dated_status(at: datetime, failure: str | None, told: dict[str, Any] | None) -> str:
    known = msgspec.json.encode((failure, told)).decode() if failure or told else _NOTHING_TOLD
    return dated(at, _shortened(known))


def status_attribute(status: Status) -> str:
    return _STATUSES[status]


def channel_day(message: Message) -> str:
    return _keys.channel_day(message.channel_id, message.day, message.conversation_id)


def tried_day(message: Message) -> str:
    return _keys.tried_day(message.channel_id, message.day, message.conversation_id)


def is_told_otherwise(stored: str | None, told: str) -> bool:
    """The stored status is an earlier one with other facts: they are not the same telling."""
    return stored is not None and undated(stored)[1] != undated(told)[1]


def read(row: MessageItem | None, beside: MessageItem | None = None) -> Message | None:
    """The message as it stands, with what came under its other id; None before it came itself."""
    if row is None or not row.day_key:
        return None
    rows = [row, beside] if beside else [row]
    statuses = _statuses(rows)
    late_failure = statuses.get(Status.FAILED, (None, None, None))[1]
    return Message(
        **_identity(row),
        **(_tombstone(rows) or _content(row, rows)),
        state=State(row.state or State.RECEIVED),
        kind=MessageKind(row.kind or MessageKind.TEXT),
        reply_to=row.reply_to,
        platform_message_id=row.platform_message_id,
        author_name=row.author_name,
        automation=row.automation,
        is_standby=bool(row.is_standby),
        customer_reaction=_latest_fact(rows, "customer_reaction"),
        business_reaction=_latest_fact(rows, "business_reaction"),
        statuses={str(status): at for status, (at, _, _) in statuses.items()},
        status_facts={str(status): told for status, (_, _, told) in statuses.items() if told},
        failure=row.failure or late_failure,
        basis=row.basis,
        lease_until=row.lease_until,
        due_at=row.due_at,
        deadline=row.deadline,
        tries=int(row.tries or 0),
        resend_of=row.resend_of,
        resent_as=row.resent_as,
        ledger=tuple(sorted({entry for each in rows for entry in each.ledger or ()})),
    )


def _identity(row: MessageItem) -> dict[str, Any]:
    channel_id, day = _keys.channel_and_day(row.held_day or row.channel_day)
    occurred_at, author = _keys.time_and_author(row.day_key)
    return {
        "conversation_id": row.conversation_id,
        "message_id": row.message_id,
        "channel_id": channel_id,
        "author": author,
        "occurred_at": occurred_at,
        "day": day,
    }


def _identities(message: Message) -> tuple[str | None, ...]:
    return message.reply_to, message.channel_id, message.message_id


def _tombstone(rows: list[MessageItem]) -> dict[str, Any]:
    deleted = [row.deleted_at for row in rows if row.deleted_at]
    return {"deleted_at": min(deleted)} if deleted else {}


def _content(row: MessageItem, rows: list[MessageItem]) -> dict[str, Any]:
    edit = _best(rows, "edit", max)
    edited_at, edited = undated(edit) if edit else (None, None)
    channel_id, _ = _keys.channel_and_day(row.held_day or row.channel_day)
    said = (row.text, row.attachments, row.payload, row.reply_to, channel_id, row.message_id)
    return {
        "text": (edited or None) if edit else row.text,
        "edited_at": edited_at,
        "attachments": _attachments(row.attachments),
        "payload": row.payload,
        "request": row.request,
        "raw": decompress(row.raw, said) if row.raw else None,
    }


def _attachments(document: str | None) -> tuple[Attachment, ...]:
    return msgspec.json.decode(document, type=tuple[Attachment, ...]) if document else ()


def _statuses(
    rows: list[MessageItem],
) -> dict[Status, tuple[datetime, str | None, dict[str, Any] | None]]:
    found = {}
    for status, name in _STATUSES.items():
        earliest = _best(rows, name, min)
        if earliest:
            at, told = undated(earliest)
            is_known = told != _NOTHING_TOLD
            found[status] = (at, *(msgspec.json.decode(_whole(told)) if is_known else (None, None)))
    return found


def _shortened(told: str) -> str:
    for short, whole in _OFTEN_TOLD.items():
        told = told.replace(whole, short)
    return told


def _whole(told: str) -> str:
    for short, whole in _OFTEN_TOLD.items():
        told = told.replace(short, whole)
    return told


def _latest_fact(rows: list[MessageItem], name: str) -> str | None:
    latest = _best(rows, name, max)
    return (undated(latest)[1] or None) if latest else None


def _best(rows: list[MessageItem], name: str, choose: Callable[[list[str]], str]) -> str | None:
    known = [getattr(row, name) for row in rows if getattr(row, name)]
    return choose(known) if known else None
