"""A person closes a conversation: it is said goodbye, and the customer may say how it was.

The goodbye goes out at most once an episode, which is named by the last answer of a person, the
question once an episode and once since the customer last wrote: whoever closes it, how often, at
once or after hours, it is the same attempt, and a claim has one winner.
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
from chalicelib.core.messages import FeedbackForm, MessageKind, State
from chalicelib.core.texts import ready
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    automatic_message,
    change_handling,
    find_contact,
    goodbye,
    hand_over,
    move_conversation,
    read_channel,
    read_conversation,
    send_message,
)

QUESTION_ID = "satisfaction"
_ASKS = "feedback_request"
_NOT_ASKED = frozenset({State.REFUSED, State.FAILED})


def run(conversation_id: str, by: str, rt: Runtime) -> Handling:
    """Close it, whoever did so before. Raises NotFound."""
    row = move_conversation.leading(read_conversation.load(conversation_id, rt), rt)
    known = rt.conversations.load(row.conversation_id, is_fresh=True) or row
    channel = read_channel.run(known.channel_id, rt)
    known = hand_over.thread_again(known, channel, rt)
    before, at = change_handling.load(known, rt), rt.now()
    stored = change_handling.run(known, lambda each: changes.closed(each, at=at, by=by), rt)
    hand_over.drop_reminder(before, known, rt)
    episode = known.last_person_at or known.last_customer_at
    if episode:
        goodbye.drop_others(known, rt, episode=episode)
    if episode and channel.closing_message.is_on and _is_open(known, at):
        goodbye.say(known, channel, rt, episode=episode)
    if episode and channel.feedback_request.is_on:
        _ask(known, channel, rt, episode=episode, at=at)
    return stored


def _ask(
    known: Conversation, channel: ChannelSettings, rt: Runtime, *, episode: datetime, at: datetime
) -> None:
    """Once an episode and since the customer last wrote, however often it is closed. By Messenger's
    form, which needs the address of a privacy policy; else by words to tap, while the window is
    open."""
    request = channel.feedback_request
    question = request.question or ready("feedback_request", channel.language)
    form = _form(question, channel)
    wrote_at = known.last_customer_at or episode
    key = attempt_id(f"{known.conversation_id}#feedback#{wrote_at.isoformat()}")
    is_possible = form is not None or _is_open(known, at)
    if not is_possible or _was_asked(known, rt, since=episode, otherwise_than=key):
        return
    message = automatic_message.run(
        Answer(text=question) if form else _to_tap(question, channel.language),
        automation=_ASKS,
        key=key,
        contact_id=known.contact_id,
        channel=channel,
    )
    if form:
        message = replace(message, kind=MessageKind.FEEDBACK, feedback=form)
    # As it is after the goodbye: that may have told that the customer is gone.
    fresh = rt.conversations.load(known.conversation_id, is_fresh=True)
    send_message.run(message, rt, known=fresh)


def _was_asked(known: Conversation, rt: Runtime, *, since: datetime, otherwise_than: str) -> bool:
    """Whether the question has gone out since this answer of a person, or may have, by another
    attempt than this one, which whoever repeats it has to see to its end."""
    rows = (row for row in find_contact.history(known, rt) if row.occurred_at >= since)
    asked = (row for row in rows if row.automation == _ASKS and row.state not in _NOT_ASKED)
    return any(row.message_id != otherwise_than for row in asked)


def _to_tap(question: str, language: str) -> Answer:
    return Answer(
        text=question,
        quick_replies=words_to_tap(language),
        title=ready("list_button", language),
    )


def _is_open(known: Conversation, at: datetime) -> bool:
    return known.window_ends_at is not None and at < known.window_ends_at


def _form(question: str, channel: ChannelSettings) -> FeedbackForm | None:
    privacy_url = channel.feedback_request.privacy_url
    if channel.platform != "messenger" or not privacy_url:
        return None
    return FeedbackForm(
        title=ready("feedback_title", channel.language),
        subtitle=ready("feedback_subtitle", channel.language),
        button=ready("feedback_button", channel.language),
        question_id=QUESTION_ID,
        question=question,
        privacy_url=privacy_url,
    )
