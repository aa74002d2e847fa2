"""A person closes a conversation: it is said goodbye, and the customer may say how it was.

The goodbye goes out at most once an episode, which is named by the last answer of a person, the
question once since the customer last wrote: whoever closes it, how often, at once or after hours,
it is the same attempt, and a claim has one winner.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.core import handling as changes
from chalicelib.core.automations import Answer
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.feedback import words_to_tap
from chalicelib.core.handling import Handling
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import FeedbackForm, MessageKind, Origin, OutboundMessage
from chalicelib.core.texts import ready
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    change_handling,
    find_contact,
    hand_over,
    move_conversation,
    personalise,
    plan_reply,
    read_conversation,
    send_message,
)
from chalicelib.usecases.errors import NotFound

QUESTION_ID = "satisfaction"


def run(conversation_id: str, by: str, rt: Runtime) -> Handling:
    """Close it, whoever did so before. Raises NotFound."""
    row = move_conversation.leading(read_conversation.load(conversation_id, rt), rt)
    known = rt.conversations.load(row.conversation_id, is_fresh=True) or row
    channel = rt.channels.load(known.channel_id)
    if channel is None:
        raise NotFound("channel")
    before, at = change_handling.load(known, rt), rt.now()
    stored = change_handling.run(known, lambda each: changes.closed(each, at=at, by=by), rt)
    hand_over.drop_reminder(before, known, rt)
    episode = known.last_person_at or known.last_customer_at
    if episode:
        _drop_goodbyes(known, rt, episode=episode)
    if episode and channel.closing_message.is_on and _is_open(known, at):
        send_message.run(closing_message(known, channel, rt, episode=episode), rt, known=known)
    if episode and channel.feedback_request.is_on:
        _ask(known, channel, rt, wrote_at=known.last_customer_at or episode, at=at)
    return stored


def closing_message(
    known: Conversation, channel: ChannelSettings, rt: Runtime, *, episode: datetime
) -> OutboundMessage:
    """The goodbye of this episode, once and for all."""
    text = channel.closing_message.text or ready("closing_message", channel.language)
    key = _goodbye_key(known.conversation_id, episode)
    return _message(known, channel, key, "closing_message", _named(text, known, channel, rt))


def _goodbye_key(conversation_id: str, episode: datetime) -> str:
    return f"{conversation_id}#closing#{episode.isoformat()}"


def _drop_goodbyes(known: Conversation, rt: Runtime, *, episode: datetime) -> None:
    """Those of this episode that were planned under another key of the contact, before it was
    joined: this row's own has the same attempt id as what is said now."""
    for each in find_contact.members(known, rt) if known.is_joint else ():
        if each != known.conversation_id:
            key = attempt_id(_goodbye_key(each, episode))
            plan_reply.drop(rt.messages.load_now(each, key), rt)


def _ask(
    known: Conversation, channel: ChannelSettings, rt: Runtime, *, wrote_at: datetime, at: datetime
) -> None:
    """Once since the customer last wrote, however often it is closed. By Messenger's form, which
    needs the address of a privacy policy; else by words to tap, while the window is open."""
    request = channel.feedback_request
    question = request.question or ready("feedback_request", channel.language)
    key = f"{known.conversation_id}#feedback#{wrote_at.isoformat()}"
    message = _message(known, channel, key, "feedback_request", question)
    if channel.platform == "messenger" and request.privacy_url:
        form = _form(question, channel, request.privacy_url)
        message = replace(message, kind=MessageKind.FEEDBACK, feedback=form)
    elif _is_open(known, at):
        message = replace(
            message,
            quick_replies=words_to_tap(channel.language),
            title=ready("list_button", channel.language),
        )
    else:
        return
    # As it is after the goodbye: that may have told that the customer is gone.
    fresh = rt.conversations.load(known.conversation_id, is_fresh=True)
    send_message.run(message, rt, known=fresh)


def _is_open(known: Conversation, at: datetime) -> bool:
    return known.window_ends_at is not None and at < known.window_ends_at


def _form(question: str, channel: ChannelSettings, privacy_url: str) -> FeedbackForm:
    return FeedbackForm(
        title=ready("feedback_title", channel.language),
        subtitle=ready("feedback_subtitle", channel.language),
        button=ready("feedback_button", channel.language),
        question_id=QUESTION_ID,
        question=question,
        privacy_url=privacy_url,
    )


def _message(
    known: Conversation, channel: ChannelSettings, key: str, automation: str, text: str | None
) -> OutboundMessage:
    return OutboundMessage(
        key=attempt_id(key),
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=known.contact_id,
        origin=Origin.AUTOMATION,
        text=text,
        automation=automation,
    )


def _named(text: str, known: Conversation, channel: ChannelSettings, rt: Runtime) -> str | None:
    at = known.last_person_at or known.last_customer_at or rt.now()
    name = _first_name(known, rt) if "{first_name}" in text else None
    return personalise.on_occasion(Answer(text=text), channel, rt, at=at, first_name=name).text


def _first_name(known: Conversation, rt: Runtime) -> str | None:
    profiles = (rt.conversations.profile(each) for each in find_contact.members(known, rt))
    return next((each.first_name for each in profiles if each), None)
