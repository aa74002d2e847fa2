"""Meta refused as outside its window what our policy had permitted: one of the two is wrong."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message
from chalicelib.platforms import SendError
from chalicelib.ports import Runtime


def run(row: Message, error: SendError, conversation: Conversation | None, rt: Runtime) -> None:
    """Log both verdicts in one line, and raise the alarm's counter."""
    known = conversation or rt.conversations.load(row.conversation_id)
    rt.log.warning(
        "window_refused",
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        channel_id=row.channel_id,
        platform=known.platform if known else None,
        basis=row.basis,
        deadline=_iso(row.deadline),
        window_opened_by=known.window_opened_by if known else None,
        window_opened_at=_iso(known.window_opened_at) if known else None,
        window_ends_at=_iso(known.window_ends_at) if known else None,
        code=error.code,
        subcode=error.subcode,
    )
    rt.log.count("window_refusals")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
