"""A person answered a customer: nobody has to be called any more, and some time later, if nobody
writes, the conversation may be closed with a word."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core import handling as changes
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.ports import Runtime
from chalicelib.usecases import move_conversation


def run(known: Conversation, at: datetime, channel: ChannelSettings, rt: Runtime) -> None:
    """What follows from the answer of `at`. `known` is the row as it stood before: a repetition is
    told by it, and costs nothing. To be called before the row knows the answer."""
    known = move_conversation.leading(known, rt)
    if not known.version or (known.last_person_at is not None and known.last_person_at >= at):
        return
    if channel.handover.is_on:
        from chalicelib.usecases import change_handling

        change_handling.run(known, lambda each: changes.answered(each, at), rt)
    if channel.closing_message.is_on and channel.closing_message.after_hours:
        _plan_closing(known, at, channel, rt)


def _plan_closing(known: Conversation, at: datetime, channel: ChannelSettings, rt: Runtime) -> None:
    """Only where the window will still be open: it grows by nothing that would not cancel it."""
    from chalicelib.core.delayed import ANY_MESSAGE
    from chalicelib.usecases import goodbye, plan_reply

    due_at = at + timedelta(hours=channel.closing_message.after_hours or 0)
    if known.window_ends_at is None or due_at >= known.window_ends_at:
        return
    message = goodbye.message(known, channel, rt, episode=at)
    plan_reply.run(message, rt, at=due_at, unless=ANY_MESSAGE, since=at)
