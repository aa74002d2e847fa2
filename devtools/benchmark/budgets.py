"""What each kind of event may cost in DynamoDB: the design's budget, row by row.

DynamoDB bills the whole item per started KB, and a refused condition as much as a write
(docs.aws.amazon.com/amazondynamodb, read-write-operations.html, read 2026-11-21); an entry of a
keys-only index costs one unit more. docs/performance.md has what we measured.
"""

from __future__ import annotations

from msgspec import Struct


class Budget(Struct, frozen=True):
    """Most units of one event. A started KB written, or an index entry, is one write unit; 4 KB
    read without consistency half a read unit."""

    title: str
    write: float
    read: float


BUDGETS = {
    "open_message": Budget("message in an open conversation, nothing to answer", 3, 0.5),
    "after_silence": Budget("message after silence, everything answered before", 6, 1),
    "after_unanswered": Budget("message after silence, an older wait still open", 6, 1),
    "first_contact": Budget("first contact ever", 8, 1),
    "native_echo": Budget("a person's answer, seen as native echo", 6, 1),
    "native_echo_after_reply": Budget("the same, a minute after our automated reply", 6, 1),
    "api_answer": Budget("a person's answer, sent through the API", 8, 1),
    "automatic_reply": Budget("an automated reply on top of its message", 5, 0.5),
    "automatic_reply_new_channel": Budget("the same on a channel without readings yet", 5, 0.5),
    "echo_of_ours": Budget("the echo of an automated reply", 1, 0.5),
    "duplicate": Budget("a message again after five minutes", 2, 0.5),
    "duplicate_answered": Budget("an automatically answered message again", 2, 0.5),
    "duplicate_echo": Budget("a native echo again after five minutes", 2, 0.5),
    "status_delivered": Budget("delivered, per message or watermark", 1, 0),
    "status_read": Budget("read, per message or watermark", 1, 0),
}
