"""The minute schedule: send what was planned and whose time has come."""

from __future__ import annotations

from chalicelib.core.messages import State
from chalicelib.core.outbound import message_of
from chalicelib.ports import Runtime
from chalicelib.usecases import send_message

BATCH = 200


def run(rt: Runtime) -> int:
    """Try each due message once, asking the policy anew; returns how many were tried."""
    due = rt.messages.due(before=rt.now(), limit=BATCH)
    return sum(_is_tried(conversation, message, rt) for conversation, message in due)


def _is_tried(conversation_id: str, message_id: str, rt: Runtime) -> bool:
    row = rt.messages.load(conversation_id, message_id)
    conversation = rt.conversations.load(conversation_id)
    if row is None or conversation is None or row.state is not State.PLANNED:
        return False
    try:
        message = message_of(row, conversation)
        send_message.run(message, rt, tries=row.tries + 1, known=conversation)
    except Exception as error:  # noqa: BLE001 - one message must not hold up the others
        rt.log.warning("due_send_failed", message_id=message_id, error=type(error).__name__)
        return False
    return True
