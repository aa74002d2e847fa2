"""One try to send a message: with what it is made, and whether it is its turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message, OutboundMessage
from chalicelib.core.messaging_policy import Question, Refusal
from chalicelib.core.outbound import row_of
from chalicelib.ports import Runtime
from chalicelib.usecases import choose_form, move_conversation, pace
from chalicelib.usecases.errors import NotFound

HOLD = timedelta(minutes=5)  # how long a message waits while the channel must not send


class Attempt(Struct, frozen=True):
    """One try: the message, its row to be, the channel, and the conversation as it was read."""

    message: OutboundMessage
    row: Message
    channel: ChannelSettings
    known: Conversation
    at: datetime
    question: Question | None = None  # what the policy was asked
    was_posted: bool = False  # before, and the platform did not take it then


class Waiting(Struct, frozen=True):
    """Not sent, and nothing stored: its channel must wait, or the contact has had enough for the
    moment. `due_at` of the row says when to try again."""

    row: Message
    is_for_contact: bool


def gathered(
    message: OutboundMessage,
    rt: Runtime,
    *,
    known: Conversation | None,
    is_fresh: bool = False,
) -> Attempt:
    """A try of now. `known` saves reading the conversation row, unless it must be as it stands this
    moment. Raises NotFound for an unknown channel."""
    channel = rt.channels.load(message.channel_id)
    if channel is None:
        raise NotFound("channel")
    if known is None:
        known = move_conversation.load(channel, message.contact_id, rt)
    known = move_conversation.leading(known, rt)
    if message.unless or is_fresh:
        known = rt.conversations.load(known.conversation_id, is_fresh=True) or known
    now = rt.now()
    row = row_of(message, at=now, day=channel.local_day(now))
    return Attempt(message, row, channel, known, now)


def in_form(attempt: Attempt, chosen: choose_form.Chosen) -> Attempt:
    """The attempt with the message as it goes out, its row alike."""
    row = row_of(chosen.message, at=attempt.at, day=attempt.row.day)
    row = replace(row, tries=attempt.row.tries)
    return replace(attempt, message=chosen.message, row=row, question=chosen.question)


def of_campaign(attempt: Attempt, rt: Runtime) -> Refusal | datetime | None:
    """What the campaign says that the message is part of; None: nothing stands against it."""
    if attempt.message.campaign_id is None:
        return None
    from chalicelib.usecases import ask_campaign  # late: most messages are of none

    return ask_campaign.run(attempt.message, attempt.channel, rt, at=attempt.at)


def too_many(attempt: Attempt, rt: Runtime) -> Refusal | None:
    """Why not, if a campaign's message is beyond the channel's cap for this contact."""
    message, contact = attempt.message, attempt.known.conversation_id
    if message.campaign_id is None:
        return None
    from chalicelib.usecases import ask_campaign

    return ask_campaign.over_the_cap(message, attempt.channel, contact, rt, at=attempt.at)


def wait(attempt: Attempt, rt: Runtime) -> Waiting | None:
    """None: now is the turn of this message."""
    message, row, at = attempt.message, attempt.row, attempt.at
    if rt.channels.is_stopped(attempt.channel.channel_id):
        return Waiting(replace(row, due_at=at + HOLD), is_for_contact=False)
    due_at = pace.pair_free_at(message, attempt.known, at=at)
    if due_at:
        return Waiting(replace(row, due_at=due_at), is_for_contact=True)
    due_at = pace.free_at(message, attempt.channel, rt, at=at)
    return Waiting(replace(row, due_at=due_at), is_for_contact=False) if due_at else None
