"""WhatsApp did not deliver marketing to this customer: hold more of it, or none at all any more."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.marketing_waits import EXPERIMENT, USER_LIMIT, wait_after
from chalicelib.core.opt_in import MARKETING
from chalicelib.ports import Runtime

# Error codes (WhatsApp, 2025-11-19): 131050, the customer stopped marketing from this business.
STOPPED = 131050
CODES = frozenset({USER_LIMIT, EXPERIMENT, STOPPED})


def run(
    conversation_id: str, message_id: str, code: int | None, rt: Runtime, *, at: datetime
) -> None:
    """Remember the refusal of this message, told by the answer to it or by a late status. Safe to
    repeat."""
    if code == STOPPED:
        rt.opt_ins.stop(conversation_id, MARKETING, at, evidence=message_id)
        return
    known = rt.conversations.marketing_wait(conversation_id)
    wait = wait_after(known, code, at)
    if wait and wait != known:
        rt.conversations.hold_marketing(conversation_id, wait)
        rt.log.count("marketing_held", code=str(code))
