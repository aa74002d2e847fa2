"""Remember that a customer was, or perhaps was, asked about a topic: the platform refuses a second
request while the first is open."""

from __future__ import annotations

from chalicelib.core.messages import Message, MessageKind
from chalicelib.ports import Runtime


def run(row: Message, rt: Runtime) -> None:
    """Does nothing for any other message. Safe to repeat."""
    if row.kind is MessageKind.OPT_IN_REQUEST and row.request:
        rt.opt_ins.ask(row.conversation_id, row.request["topic"], row.message_id, row.occurred_at)
