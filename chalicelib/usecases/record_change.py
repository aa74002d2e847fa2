"""Edits, unsends, reactions, calls and visits: what happens to a message, or without one."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import (
    CallReported,
    Event,
    LeadSubmitted,
    MessageDeleted,
    MessageEdited,
    Reacted,
    Referred,
)
from chalicelib.core.messages import Author, State
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import apply_rules, find_contact, move_conversation, stored_message
from chalicelib.usecases.find_contact import is_joined
from chalicelib.usecases.settle_send import StillSendingError
from chalicelib.usecases.stored_message import conversation_of, time_of


def edited(event: MessageEdited, channel: ChannelSettings, rt: Runtime) -> None:
    home = _home(event, channel, event.message_id, rt)
    rt.messages.edit(home, event.message_id, event.text, time_of(event))


def deleted(event: MessageDeleted, channel: ChannelSettings, rt: Runtime) -> None:
    home = _home(event, channel, event.message_id, rt)
    rt.messages.delete(home, event.message_id, time_of(event))


def reacted(event: Reacted, channel: ChannelSettings, rt: Runtime) -> None:
    """A customer's reaction opens the window; taking it back or the business's own does not. Some
    reactions come without the message that they are about."""
    if event.message_id:
        rt.messages.react(
            _home(event, channel, event.message_id, rt),
            event.message_id,
            emoji=event.emoji,
            is_by_business=event.is_by_business,
            at=time_of(event),
        )
    if event.emoji and not event.is_by_business:
        owner = stored_message.owner(event)
        _move(event, channel, rt, author=None, opens="reaction", owner=owner)


def called(event: CallReported, channel: ChannelSettings, rt: Runtime) -> None:
    """A customer's call opens the window when it begins, whether or not somebody takes it; who has
    the thread it does not tell."""
    if event.state == "connect" and event.is_by_business is False:
        _move(event, channel, rt, author=None, opens="call", owner=None)


def referred(event: Referred, channel: ChannelSettings, rt: Runtime) -> None:
    """A customer came through a link or an ad: it opens the window, with nothing to answer but what
    a rule of the channel wants said."""
    rt.conversations.save_referral(conversation_of(event, channel), event.referral, time_of(event))
    known = visited(event, channel, rt)
    sent = apply_rules.on_visit(event, known, channel, rt) if channel.rules else None
    if sent and sent.state is State.CLAIMED:
        raise StillSendingError


def lead_submitted(event: LeadSubmitted, channel: ChannelSettings, rt: Runtime) -> None:
    """A form of an ad, filled in within the thread: it opens the window like a visit."""
    visited(event, channel, rt)


def visited(event: Event, channel: ChannelSettings, rt: Runtime) -> Conversation:
    """A customer did something without writing: it is shown and opens the window, no wait."""
    rt.messages.record(stored_message.visited(event, channel))
    return _move(
        event,
        channel,
        rt,
        author=Author.CUSTOMER_VISIT,
        opens=stored_message.opens(event),
        owner=stored_message.owner(event),
    )


def _home(event: Event, channel: ChannelSettings, message_id: str, rt: Runtime) -> str:
    """Where the message is kept: a contact may speak of it by another key than it came by."""
    own = conversation_of(event, channel)
    row = rt.conversations.load(own)
    found = find_contact.message(row, message_id, rt) if row and is_joined(row) else None
    return found.conversation_id if found else own


def _move(
    event: Event,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    author: Author | None,
    opens: str | None,
    owner: str | None,
) -> Conversation:
    at = time_of(event)
    step = Step(
        at=at,
        day=channel.local_day(at),
        author=author,
        opens=opens,
        owner=owner,
    )
    return move_conversation.run(channel, event.contact_id or "", lambda _row: step, rt)
