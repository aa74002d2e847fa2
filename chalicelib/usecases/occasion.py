"""Write to a customer on an occasion that is no message of theirs: a review, a comment, an
application."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core.answering import Reply, Silence, release_slot, with_slot
from chalicelib.core.automations import Answer, Situation
from chalicelib.core.automations._guard import Asked, why_silent
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.custom_rules import look_at_tags
from chalicelib.core.delayed import ANY_MESSAGE
from chalicelib.core.events import Referral
from chalicelib.core.handling import Handling
from chalicelib.core.messages import Message, OutboundMessage, State
from chalicelib.core.occasions import REVIEWS
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    automatic_message,
    change_handling,
    disclose,
    find_contact,
    move_conversation,
    personalise,
    plan_reply,
    send_message,
)


class Occasion(Struct, frozen=True, kw_only=True):
    """What happened, at `at`. `name` is the automation that answers it, `key` the attempt id of the
    answer: the same occasion has the same key, however often it is told. `first_name`: of the
    contact, if the occasion names it. `is_by_contact`: the contact did it, and may do it again and
    again: what is said at once counts for the limits."""

    name: str
    key: str
    at: datetime
    text: str | None = None
    post_id: str | None = None
    first_name: str | None = None
    referral: Referral | None = None
    is_by_contact: bool = False


def run(
    occasion: Occasion, channel: ChannelSettings, known: Conversation, rt: Runtime
) -> Message | Silence:
    """Answer it now, or after the time that its automation asks for. Safe to repeat."""
    handling = change_handling.load(known, rt) if has_use_for_handling(channel) else None
    said = _answer(occasion, channel, known, handling)
    if occasion.is_by_contact and not isinstance(said, Silence) and not said.after:
        said, known = slotted(occasion, channel, known, rt, handling=handling)
    if isinstance(said, Silence):
        return said
    message = message_of(said, occasion, channel, known, rt)
    if said.after:
        at = occasion.at + said.after
        row = plan_reply.run(message, rt, at=at, unless=ANY_MESSAGE, since=occasion.at)
        return _latest_alone(row, known, rt)
    return send_message.run(message, rt, known=known)


def _latest_alone(row: Message, known: Conversation, rt: Runtime) -> Message:
    """The row as it stands once only the latest of several reviews waits for its answer: who
    changed their mind is not thanked and asked what went wrong."""
    history = find_contact.history(known, rt)
    reviews = [each for each in history if each.automation in REVIEWS]
    waiting = [each for each in reviews if each.state is State.PLANNED and each.due_at]
    for each in sorted(waiting, key=lambda each: (each.due_at, each.message_id))[:-1]:
        plan_reply.drop(each, rt)
    return rt.messages.load_now(row.conversation_id, row.message_id) or row


def slotted(
    occasion: Occasion,
    channel: ChannelSettings,
    known: Conversation,
    rt: Runtime,
    *,
    handling: Handling | None,
) -> tuple[Answer | Silence, Conversation]:
    """What its automation says at once, and the row that remembers it among the automatic replies:
    both in one write, so that of several at a moment no more are said than may be."""
    said: Answer | Silence = Silence("nothing_to_say")

    def take(before: Conversation, after: Conversation) -> Conversation:
        nonlocal said
        said = _answer(occasion, channel, before, handling)
        if isinstance(said, Silence):
            return after
        free, reply = release_slot(after, occasion.key), Reply(occasion.name, said)
        taken = with_slot(free, reply, occasion.at, attempt_id=occasion.key)
        return replace(taken, last_automated_at=max(taken.automated_at))

    step = Step(at=occasion.at, day=channel.local_day(occasion.at))
    moved = move_conversation.run(
        channel, known.contact_id, lambda _row: step, rt, change=take, known=known
    )
    return said, moved


def has_use_for_handling(channel: ChannelSettings) -> bool:
    """Whether anything that is said here depends on who handles the conversation."""
    return channel.handover.is_on or look_at_tags(channel.rules)


def _answer(
    occasion: Occasion,
    channel: ChannelSettings,
    known: Conversation,
    handling: Handling | None,
) -> Answer | Silence:
    """What its automation says, unless something asks for silence. However long ago it happened:
    whether it is too late is the policy's to say. `handling` as far as something depends on it.
    What the same occasion has taken when it was told before is not taken from it."""
    if any(send.attempt_id == occasion.key for send in known.recent_sends):
        known = replace(known, automated_at=())
    automation = next(one for one in AUTOMATIONS if one.name == occasion.name)
    said = automation.decide(_situation(occasion, channel, known, handling))
    if said is None:
        return Silence("nothing_to_say")
    asked = Asked(
        occurred_at=occasion.at,
        is_standby=False,
        is_group=False,
        before=known,
        channel=channel,
        now=occasion.at,
        handling=handling,
    )
    reason = why_silent(asked)
    return Silence(reason) if reason else said


def message_of(
    said: Answer, occasion: Occasion, channel: ChannelSettings, known: Conversation, rt: Runtime
) -> OutboundMessage:
    """The answer with its placeholders filled; nobody is looked up for it."""
    name = occasion.first_name
    if name is None and personalise.names_contact(said):
        profile = rt.conversations.profile(known.conversation_id)
        name = profile.first_name if profile else None
    filled = personalise.on_occasion(said, channel, rt, at=occasion.at, first_name=name)
    contact_id = known.contact_id
    message = automatic_message.run(
        disclose.run(filled, occasion.name, channel, known, at=occasion.at, contact_id=contact_id),
        automation=occasion.name,
        key=occasion.key,
        contact_id=known.contact_id,
        channel=channel,
    )
    return replace(message, is_unasked=True)


def _situation(
    occasion: Occasion,
    channel: ChannelSettings,
    known: Conversation,
    handling: Handling | None,
) -> Situation:
    closed_period = channel.closed_period(occasion.at)
    return Situation(
        occurred_at=occasion.at,
        text=occasion.text,
        payload=None,
        channel=channel,
        conversation=known,
        is_first_message=known.last_customer_at is None,
        silent_for=None,
        is_open=closed_period is None,
        closed_period=closed_period,
        occasion=occasion.name,
        post_id=occasion.post_id,
        referral=occasion.referral,
        tags=handling.tags if handling else (),
    )
