"""An Idempotency-Key stands for one message: with another one it is refused.

draft-ietf-httpapi-idempotency-key-header-07, 2.7 (read 2026-11-21).
"""

from __future__ import annotations

from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Message, OutboundMessage
from chalicelib.core.outbound import is_row_of
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import KeyReused


def check_stored(message: OutboundMessage, rt: Runtime) -> None:
    """Look before anything is sent: a planned row must not be sent with other words. One small
    read. Raises KeyReused."""
    known = conversation_id(message.platform, message.channel_id, message.contact_id)
    row = rt.messages.load(known, message.key)
    if row is not None:
        check(row, message)


def check(row: Message, message: OutboundMessage) -> None:
    """Raises KeyReused unless the row is the message's."""
    if not is_row_of(row, message):
        raise KeyReused("key_reused", "This Idempotency-Key stands for another message already.")
