"""The platform says that a contact cannot be reached: until they write again nothing is sent."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import move_conversation


def run(known: Conversation, channel: ChannelSettings, rt: Runtime, *, at: datetime) -> None:
    """Note on the row that stands for this contact that it could not be reached `at`. Safe to
    repeat, and late: what the contact wrote afterwards proves it wrong."""
    step = Step(at=at, day=channel.local_day(at))

    def noted(_before: Conversation, after: Conversation) -> Conversation:
        return replace(after, unreachable_at=max(after.unreachable_at or at, at))

    move_conversation.run(
        channel, known.contact_id, lambda _row: step, rt, change=noted, known=known
    )
