"""A customer says how satisfied they are: by Messenger's form, or by tapping a word."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core import handling as changes
from chalicelib.core.automations._guard import MAX_AGE
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import Event, FeedbackGiven, MessageReceived, Postback
from chalicelib.core.feedback import Feedback, scores_of
from chalicelib.core.feedback import tapped as score_of
from chalicelib.core.ids import attempt_id, digest
from chalicelib.core.messages import Author, Origin, OutboundMessage
from chalicelib.core.steps import Step
from chalicelib.core.texts import ready
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    change_handling,
    move_conversation,
    send_message,
    stored_message,
)
from chalicelib.usecases.meet_contact import Met
from chalicelib.usecases.stored_message import conversation_of, time_of


def given(event: FeedbackGiven, channel: ChannelSettings, rt: Runtime) -> None:
    """The form was filled in: it opens no window, and asks for no answer."""
    known = move_conversation.load(channel, event.contact_id or "", rt)
    for number, (kind, score) in enumerate(scores_of(event.screens)):
        _keep(event, f"{event.event_id}#{number}", kind, score, known, channel, rt)


def tapped(
    event: MessageReceived | Postback, met: Met, channel: ChannelSettings, rt: Runtime
) -> None:
    """A word was tapped under our question. It is an action that opens the window and no message
    that waits for an answer, so nobody's response time suffers from it. Of two taps under one
    question the later counts."""
    score = score_of(event.payload)
    row = replace(stored_message.received(event, channel), author=Author.CUSTOMER_VISIT)
    rt.messages.record(row)
    step = Step(
        at=row.occurred_at,
        day=row.day,
        author=Author.CUSTOMER_VISIT,
        opens="quick_reply",
        owner=stored_message.owner(event),
    )
    known = move_conversation.run(
        channel,
        event.contact_id or "",
        lambda _row: step,
        rt,
        change=lambda _before, after: met.noted(after),
        known=met.known,
    )
    asked_by = (event.reply_to if isinstance(event, MessageReceived) else None) or event.event_id
    _keep(event, asked_by, "csat", score or 0, known, channel, rt)
    if _may_thank(event, known, rt):
        _thank(event, known, channel, rt)


def _keep(
    event: Event,
    key: str,
    kind: str,
    score: int,
    known: Conversation,
    channel: ChannelSettings,
    rt: Runtime,
) -> None:
    at = time_of(event)
    feedback = Feedback(
        feedback_id=digest("feedback", known.conversation_id, key),
        conversation_id=conversation_of(event, channel),
        channel_id=channel.channel_id,
        at=at,
        day=channel.local_day(at),
        kind=kind,
        score=score,
    )
    rt.readings.keep_feedback(feedback)
    said = f"{kind}:{score}"
    change_handling.run(known, lambda each: changes.scored(each, said, at), rt)
    rt.log.count("feedback_given", kind=kind)


def _may_thank(event: MessageReceived | Postback, known: Conversation, rt: Runtime) -> bool:
    """Thanks that come late, to a group or in another app's thread are none."""
    is_group = isinstance(event, MessageReceived) and event.group_id is not None
    if event.is_standby or is_group or known.thread_owner == "other":
        return False
    return rt.now() - time_of(event) <= MAX_AGE


def _thank(event: Event, known: Conversation, channel: ChannelSettings, rt: Runtime) -> None:
    thanks = channel.feedback_request.thanks
    message = OutboundMessage(
        key=attempt_id(f"{event.event_id}#reply"),
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=event.contact_id or "",
        origin=Origin.AUTOMATION,
        text=thanks or ready("feedback_thanks", channel.language),
        automation="feedback_thanks",
    )
    if channel.feedback_request.is_on:
        send_message.run(message, rt, known=known)
