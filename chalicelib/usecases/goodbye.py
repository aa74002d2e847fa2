"""The goodbye of an episode: what is said when a person closes a conversation, or hours after a
person's last answer. An episode is named by that answer, so that both are one attempt."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.automations import Answer
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.delayed import SUPERSEDED
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import OutboundMessage, State
from chalicelib.core.texts import ready
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    automatic_message,
    find_contact,
    personalise,
    plan_reply,
    send_message,
)


def message(
    known: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    episode: datetime,
    is_anew: bool = False,
) -> OutboundMessage:
    """The goodbye of this episode, once and for all; `is_anew`: after one that was dropped."""
    text = channel.closing_message.text or ready("closing_message", channel.language)
    return automatic_message.run(
        _named(text, known, channel, rt),
        automation="closing_message",
        key=_key(known.conversation_id, episode, is_anew=is_anew),
        contact_id=known.contact_id,
        channel=channel,
    )


def say(known: Conversation, channel: ChannelSettings, rt: Runtime, *, episode: datetime) -> None:
    """Say it now. One that was planned for hours later, and was dropped when the customer wrote or
    has to wait on, gives way to another."""
    said = send_message.run(message(known, channel, rt, episode=episode), rt, known=known)
    if said.state is State.PLANNED and "unless" in (said.request or {}):
        plan_reply.drop(said, rt)
        said = rt.messages.load_now(said.conversation_id, said.message_id) or said
    if said.failure == SUPERSEDED:
        anew = message(known, channel, rt, episode=episode, is_anew=True)
        send_message.run(anew, rt, known=known)


def drop_others(known: Conversation, rt: Runtime, *, episode: datetime) -> None:
    """Those of this episode that were planned under another key of the contact, before it was
    joined: this row's own has the same attempt id as what is said now."""
    for each in find_contact.members(known, rt) if known.is_joint else ():
        if each != known.conversation_id:
            plan_reply.drop(rt.messages.load_now(each, _key(each, episode)), rt)


def _key(conversation_id: str, episode: datetime, *, is_anew: bool = False) -> str:
    named = f"{conversation_id}#closing#{episode.isoformat()}"
    return attempt_id(f"{named}#anew" if is_anew else named)


def _named(text: str, known: Conversation, channel: ChannelSettings, rt: Runtime) -> Answer:
    at = known.last_person_at or known.last_customer_at or rt.now()
    name = _first_name(known, rt) if "{first_name}" in text else None
    return personalise.on_occasion(Answer(text=text), channel, rt, at=at, first_name=name)


def _first_name(known: Conversation, rt: Runtime) -> str | None:
    profiles = (rt.conversations.profile(each) for each in find_contact.members(known, rt))
    return next((each.first_name for each in profiles if each), None)
