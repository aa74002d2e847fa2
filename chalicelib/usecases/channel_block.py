"""The platform blocks a channel from sending, and lifts the block. The later notice counts."""

from __future__ import annotations

from datetime import datetime

from chalicelib.ports import Runtime

BY_POLICY = "policy_enforcement"
OF_ACCOUNT = "account_blocked"
# A release before kept these as the reason why we stopped sending by ourselves.
_KEPT_AS_STOPS = frozenset({BY_POLICY, OF_ACCOUNT})


def begins(channel_id: str, reason: str, rt: Runtime, *, at: datetime) -> None:
    rt.channels.tell_block(channel_id, reason, at)


def ends(channel_id: str, rt: Runtime, *, at: datetime) -> None:
    """What we stopped by ourselves, for a dead token, stays stopped."""
    rt.channels.tell_block(channel_id, None, at)
    if rt.channels.stopped_because(channel_id) in _KEPT_AS_STOPS:
        rt.channels.resume_sending(channel_id)


def is_on(channel_id: str, rt: Runtime) -> bool:
    if rt.channels.stopped_because(channel_id) in _KEPT_AS_STOPS:
        return True
    return rt.channels.blocked_because(channel_id) is not None
