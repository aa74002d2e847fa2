"""What the row of a conversation and the settings of its channel tell the policy about any send."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Question


def question(
    row: Conversation,
    channel: ChannelSettings,
    *,
    origin: Origin,
    kind: MessageKind,
    at: datetime,
    is_channel_blocked: bool,
) -> Question:
    """The question, nothing else being known: no consent, no stop, nothing of the content."""
    return Question(
        platform=row.platform,
        origin=origin,
        kind=kind,
        at=at,
        margin=channel.policy.margin(origin),
        window_ends_at=row.window_ends_at,
        window_opened_at=row.window_opened_at,
        window_opened_by=row.window_opened_by,
        last_customer_at=row.last_customer_at,
        thread_owner=row.thread_owner,
        is_unreachable=row.is_unreachable,
        is_channel_blocked=is_channel_blocked,
        one_time_notifications=channel.one_time_notifications,
        has_human_agent=channel.has_human_agent,
        refuse_marketing_when_stale=channel.policy.refuse_marketing_when_stale,
    )
